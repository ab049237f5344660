import fc from "fast-check";
import { expect, test } from "vitest";
import type { Arrival } from "#lib/policies/arrivals.ts";
import { type ArrivalAnswer, type ArrivingEvent, dedupeName, freshRows, type Knowledge, planArrivals, rowName } from "./arrival-plan.ts";

const now = 1_000_000;

interface Sent {
  rule: Arrival;
  /** Its duplicate key. */
  dedupe: number | null;
}

function toEvent({ rule, dedupe }: Sent, index: number): ArrivingEvent {
  return {
    runId: `run ${index}`,
    eventId: `event ${index}`,
    workspaceId: "workspace",
    workflowId: "workflow",
    documentId: "document",
    version: 1,
    triggerId: null,
    triggerType: "webhook",
    triggerNodeId: "hook",
    data: JSON.stringify({ index }),
    dedupe: dedupe === null ? null : { key: String(dedupe), bodyHash: Buffer.from([index]), ttlMs: 1 },
    keyHash: dedupe === null ? null : Buffer.from([dedupe]),
    runDeadlineMs: 1,
    priority: 0,
    gate: null,
    arrival: rule,
  };
}

/** What a database would hold after the events came, in batches of the given sizes. */
function store(sent: Sent[], sizes: number[]) {
  const known: Knowledge = { now, rows: new Map(), runs: new Map(), owners: new Map() };
  const outcomes = new Map<string, string>();
  const runs = new Map<string, { event: string; batch: boolean }>();
  const items = new Map<string, string[]>();
  const [released, canceled]: [Set<string>, Set<string>] = [new Set(), new Set()];
  const answers: ArrivalAnswer[] = [];
  const events = sent.map(toEvent);
  for (let from = 0, flush = 0; from < events.length; flush++) {
    const size = sizes[flush % sizes.length] ?? 1;
    const batch = events.slice(from, from + size);
    from += size;
    for (const item of batch) {
      for (const row of freshRows(item)) if (!known.rows.has(rowName(row))) known.rows.set(rowName(row), row);
      const name = dedupeName(item);
      if (name !== null && !known.owners.has(name) && item.dedupe) {
        known.owners.set(name, { runId: item.runId, eventId: item.eventId, bodyHash: item.dedupe.bodyHash });
      }
    }
    const plan = planArrivals(batch, known);
    for (const [runId, { eventId, item, gathers }] of plan.runs) {
      runs.set(runId, { event: gathers === "batch" ? "" : eventId, batch: gathers === "batch" });
      if (gathers !== "batch") outcomes.set(item.eventId, "accepted");
    }
    for (const [runId, { eventId }] of plan.turned) runs.set(runId, { event: eventId, batch: false });
    for (const id of plan.superseded) outcomes.set(id, "superseded");
    for (const { id, outcome } of plan.events.values()) outcomes.set(id, outcome);
    for (const { runId, eventId } of plan.items) items.set(runId, [...(items.get(runId) ?? []), eventId]);
    for (const runId of plan.released) {
      released.add(runId);
      known.runs.set(runId, { unfinished: true, gathers: false });
    }
    for (const runId of plan.canceled.keys()) {
      canceled.add(runId);
      known.runs.set(runId, { unfinished: false, gathers: false });
    }
    for (const [index, answer] of plan.answers.entries()) {
      const item = batch[index];
      const name = item && dedupeName(item);
      const owner = name ? known.owners.get(name) : undefined;
      if (owner && owner.eventId === item?.eventId) owner.runId = answer.runId;
      answers.push(answer);
    }
  }
  return { outcomes, runs, items, released, canceled, answers };
}

const key = fc.constantFrom("a", "b");
const gather = fc.oneof(
  fc.record({ as: fc.constant("debounce" as const), key, periodMs: fc.constant(10), timeoutMs: fc.constant(100) }),
  fc.record({
    as: fc.constant("batch" as const),
    key,
    maxSize: fc.constantFrom(2, 3),
    timeoutMs: fc.constant(100),
    maxBytes: fc.constant(10_000),
  }),
);
const limit = fc.option(fc.record({ key, limit: fc.constantFrom(1, 3, 50), perMs: fc.constant(1_000) }), { nil: null });
const singleton = fc.record({ key, mode: fc.constantFrom("skip-new" as const, "cancel-running" as const) });
const rule: fc.Arbitrary<Arrival> = fc.oneof(
  fc.record({ gather, limit, singleton: fc.constant(null) }),
  fc.record({ gather: fc.constant(null), limit, singleton: fc.option(singleton, { nil: null }) }),
);
const sent = fc.array(fc.record({ rule, dedupe: fc.option(fc.nat(8), { nil: null }) }), { minLength: 1, maxLength: 40 });

test("every event has one outcome; a run has the event it says, and a batch the ones that say they are in it", () => {
  fc.assert(
    fc.property(sent, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (events, sizes) => {
      const { outcomes, runs, items, answers } = store(events, sizes);
      // A repeat within a batch is answered and not written down, as everywhere.
      for (const [index, answer] of answers.entries()) {
        expect(runs.has(answer.runId)).toBe(true);
        if (!answer.duplicate) expect(outcomes.has(`event ${index}`)).toBe(true);
      }
      const accepted = [...outcomes].filter(([, outcome]) => outcome === "accepted").map(([id]) => id);
      expect(accepted.toSorted()).toEqual([...runs.values()].flatMap((run) => (run.batch ? [] : [run.event])).toSorted());
      const batched = [...outcomes].filter(([, outcome]) => outcome === "batched").map(([id]) => id);
      expect(batched.toSorted()).toEqual([...items.values()].flat().toSorted());
      for (const runId of items.keys()) expect(runs.get(runId)?.batch).toBe(true);
    }),
  );
});

test("it makes no difference in which batches events are stored", () => {
  fc.assert(
    fc.property(sent, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (events, sizes) => {
      const [together, apart] = [store(events, [events.length]), store(events, sizes)];
      const noRepeats = ({ outcomes }: typeof together) =>
        new Map([...outcomes].filter(([, outcome]) => outcome !== "duplicate").toSorted());
      expect(noRepeats(apart)).toEqual(noRepeats(together));
      expect(apart.runs).toEqual(together.runs);
      expect(apart.items).toEqual(together.items);
      expect(apart.canceled).toEqual(together.canceled);
      expect(apart.released).toEqual(together.released);
      const told = ({ answers }: typeof together) => answers.map(({ runId, duplicate, dropped }) => ({ runId, duplicate, dropped }));
      expect(told(apart)).toEqual(told(together));
    }),
  );
});
