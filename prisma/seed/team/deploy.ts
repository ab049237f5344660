import { deployGuard } from "#lib/graph/templates/deploy-guard.ts";
import type { JsonObject } from "#lib/shared/json.ts";

type Step = JsonObject & { id: string };

/** The template, with what a team adds after a while: one deployment of a repository at a time, a breaker, a health check. */
export function deployWebShop(secretConnectionId: string): JsonObject {
  const { nodes, edges } = deployGuard.document as { nodes: Step[]; edges: JsonObject[] };
  const changes: Record<string, JsonObject> = {
    push: { config: { method: "POST", verification: { scheme: "github", secretConnectionId }, response: { mode: "ack" } } },
    deploy: {
      policy: {
        timeoutMs: 15_000,
        throttle: { windows: [{ limit: 30, perMs: 60_000 }], concurrency: 1, key: "{{ steps.check.output.repository }}" },
        retry: { maxAttempts: 5, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: "full" },
        idempotency: { key: "{{ steps.check.output.sha }}", header: "Idempotency-Key" },
        breaker: { enabled: true, windowMs: 60_000, minCalls: 10, failureRatio: 0.5, openMs: 30_000 },
      },
    },
    notify: { position: { x: 1500, y: 60 } },
  };
  const health: Step = {
    id: "healthy",
    type: "http-request",
    name: "Healthy?",
    position: { x: 1200, y: 60 },
    config: { method: "GET", url: "{{ vars.baseUrl }}/sandbox/web-shop/health", query: { sha: "{{ steps.check.output.sha }}" } },
    policy: { retry: { maxAttempts: 8, initialMs: 2_000, factor: 1.5, maxMs: 30_000 } },
  };
  const preview: Step = {
    id: "preview",
    type: "http-request",
    name: "Deploy a preview",
    position: { x: 600, y: 260 },
    config: {
      method: "PUT",
      url: "{{ vars.baseUrl }}/sandbox/deploy-target/previews/{{ trigger.body.after }}",
      body: { ref: "{{ trigger.body.ref }}", repository: "{{ trigger.body.repository.full_name }}" },
    },
    critical: false,
  };
  return {
    schemaVersion: 1,
    nodes: [...nodes.map((node) => ({ ...node, ...changes[node.id] })), health, preview],
    edges: [
      ...edges.filter((edge) => edge.target !== "notify"),
      { id: "e5", source: "deploy", target: "healthy" },
      { id: "e6", source: "healthy", target: "notify" },
      { id: "e7", source: "on_default_branch", sourcePort: "false", target: "preview" },
    ],
  };
}
