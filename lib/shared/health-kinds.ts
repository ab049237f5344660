/** Issues that are about a state of things and not about items of the inbox: they are over when the state is (engine.md 1.12). */
export const healthKinds = [
  "breaker_open",
  "throttle_backlog",
  "retry_budget_exhausted",
  "missed_schedule",
  "queue_latency",
  "worker_lost",
  "no_events",
] as const;
export type HealthKind = (typeof healthKinds)[number];

export function isHealthKind(type: string): type is HealthKind {
  return healthKinds.some((kind) => kind === type);
}
