import { expect, it } from "vitest";
import { whyMissing } from "./run-missing.ts";

const nowMs = Date.parse("2026-11-26T00:00:00Z");
const idAt = (ms: number) => {
  const hex = ms.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};
const day = 86_400_000;
const why = (status: number | null, runId: string) => whyMissing({ status, runId, retentionDays: 30, nowMs });

it("a run older than runs are kept was removed", () => {
  expect(why(404, idAt(nowMs - 31 * day))).toBe("expired");
});

it("a younger one, or an id that is none, never was", () => {
  expect(why(404, idAt(nowMs - day))).toBe("unknown");
  expect(why(404, "nonsense")).toBe("unknown");
});

it("not allowed and not reachable are told apart from gone", () => {
  expect(why(403, idAt(nowMs - 31 * day))).toBe("forbidden");
  expect(why(500, idAt(nowMs))).toBe("unreachable");
  expect(why(null, idAt(nowMs))).toBe("unreachable");
});
