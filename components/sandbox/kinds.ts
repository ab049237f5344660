import { formatDuration } from "#components/ui/format.ts";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";

export type SandboxKind = SandboxTargetView["kind"];

export const kindOptions: readonly { value: SandboxKind; label: string; description: string }[] = [
  { value: "recorder", label: "Recorder", description: "Applies each idempotency key once and keeps a ledger" },
  { value: "echo", label: "Echo", description: "Answers with what it was sent" },
  { value: "flaky", label: "Flaky", description: "Fails a number of times, or by chance" },
  { value: "slow", label: "Slow", description: "Answers after a while" },
  { value: "rate-limited", label: "Rate-limited", description: "Answers 429 above a limit, with Retry-After" },
  { value: "apply-then-drop", label: "Applies, then drops", description: "Does the work, then closes the connection without an answer" },
];

export interface SettingField {
  name: string;
  label: string;
  help?: string;
  placeholder: string;
  decimal?: boolean;
}

/** What each kind can be told. */
export const settingFields: Record<SandboxKind, readonly SettingField[]> = {
  recorder: [],
  echo: [],
  flaky: [
    { name: "failTimes", label: "Fail so many times", help: "Then it works.", placeholder: "0" },
    { name: "failRatio", label: "Fail this share", help: "0.3 means 30 % of the calls.", placeholder: "0", decimal: true },
    { name: "status", label: "Answer with", placeholder: "503" },
    { name: "seed", label: "Seed", help: "The same seed fails the same calls.", placeholder: "1" },
  ],
  slow: [{ name: "delayMs", label: "Milliseconds to answer", placeholder: "5000" }],
  "rate-limited": [
    { name: "limit", label: "Calls", placeholder: "10" },
    { name: "perMs", label: "In milliseconds", placeholder: "1000" },
  ],
  "apply-then-drop": [],
};

/** Ready-made faults, in words. */
export const presets: readonly { label: string; kind: SandboxKind; settings: Record<string, number> }[] = [
  { label: "30 % answer 500", kind: "flaky", settings: { failRatio: 0.3, status: 500, seed: 1 } },
  { label: "503 three times, then fine", kind: "flaky", settings: { failTimes: 3, status: 503 } },
  { label: "Every call answers 404", kind: "flaky", settings: { failRatio: 1, status: 404 } },
  { label: "5 s slow", kind: "slow", settings: { delayMs: 5_000 } },
  { label: "10 calls a second", kind: "rate-limited", settings: { limit: 10, perMs: 1_000 } },
  { label: "Takes effect, never answers", kind: "apply-then-drop", settings: {} },
  { label: "Works", kind: "recorder", settings: {} },
];

function number(settings: SandboxTargetView["settings"], name: string): number | null {
  const value = settings[name];
  return typeof value === "number" ? value : null;
}

/** What a target does, as a sentence. */
export function behaviour({ kind, settings }: Pick<SandboxTargetView, "kind" | "settings">): string {
  const status = number(settings, "status");
  const answer = status === null ? "fails" : `answers ${status}`;
  const times = number(settings, "failTimes");
  const ratio = number(settings, "failRatio");
  switch (kind) {
    case "echo":
      return "Answers with what it was sent";
    case "recorder":
      return "Applies each key once and remembers it";
    case "flaky": {
      const parts = [
        times ? `${answer} ${times} times, then works` : null,
        ratio ? `${answer} to ${Math.round(ratio * 100)} % of the calls` : null,
      ];
      const text = parts.filter(Boolean).join("; ") || "works";
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    }
    case "slow":
      return `Answers after ${formatDuration(number(settings, "delayMs") ?? 0)}`;
    case "rate-limited":
      return `${number(settings, "limit") ?? "?"} calls in ${formatDuration(number(settings, "perMs") ?? 0)}, then 429`;
    case "apply-then-drop":
      return "Does the work, then closes the connection without an answer";
  }
}
