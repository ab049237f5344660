import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideCall, type TargetState } from "./decide-call.ts";

const target = (kind: TargetState["kind"], settings: TargetState["settings"] = {}): TargetState => ({ kind, settings, recentMs: [] });
const at = (callNo: number, nowMs = 0) => ({ callNo, nowMs, waited: false });

describe("a flaky target", () => {
  it("fails the first so many calls", () => {
    const flaky = target("flaky", { failTimes: 2, status: 500 });
    expect([1, 2, 3, 4].map((n) => decideCall(flaky, at(n)).do)).toEqual(["fail", "fail", "apply", "apply"]);
    expect(decideCall(flaky, at(1))).toEqual({ do: "fail", status: 500 });
  });

  it("fails by chance, the same way for the same seed", () => {
    const run = (seed: number) =>
      Array.from({ length: 1_000 }, (_, i) => decideCall(target("flaky", { failRatio: 0.3, seed }), at(i + 1)).do);
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    const failed = run(7).filter((what) => what === "fail").length;
    expect(failed).toBeGreaterThan(250);
    expect(failed).toBeLessThan(350);
    expect(decideCall(target("flaky", { failRatio: 1 }), at(99))).toEqual({ do: "fail", status: 503 });
    expect(decideCall(target("flaky", { failRatio: 0 }), at(1)).do).toBe("apply");
  });

  it("fails at first when it is not told how", () => {
    expect([1, 2, 3].map((n) => decideCall(target("flaky"), at(n)).do)).toEqual(["fail", "fail", "apply"]);
  });
});

describe("a rate-limited target", () => {
  it("never lets more than the limit through in any window, and says when there is room", () => {
    const calls = fc.array(fc.nat(400), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 100, max: 1_000 }), (gaps, limit, perMs) => {
        const limited = target("rate-limited", { limit, perMs });
        const through: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          const decision = decideCall(limited, at(1, nowMs));
          if (decision.do === "apply") through.push(nowMs);
          else if (decision.do === "limit") {
            const later = { ...limited, recentMs: [...limited.recentMs] };
            expect(decideCall(later, at(1, nowMs + decision.limit.resetMs)).do).toBe("apply");
          }
        }
        for (const start of through) expect(through.filter((t) => t >= start && t < start + perMs).length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("tells what is left", () => {
    const limited = target("rate-limited", { limit: 2, perMs: 1_000 });
    expect(decideCall(limited, at(1, 0))).toMatchObject({ do: "apply", limit: { remaining: 1 } });
    expect(decideCall(limited, at(2, 300))).toMatchObject({ do: "apply", limit: { remaining: 0, resetMs: 700 } });
    expect(decideCall(limited, at(3, 400))).toEqual({ do: "limit", limit: { limit: 2, perMs: 1_000, remaining: 0, resetMs: 600 } });
  });
});
