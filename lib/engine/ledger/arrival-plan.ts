import { createHash } from "node:crypto";
import type { RunGate } from "#lib/policies/admission.ts";
import { type Arrival, type Gathering, gather, type Passed, passLimit } from "#lib/policies/arrivals.ts";
import type { RunAttribute } from "#lib/policies/run-attributes.ts";
import { newId } from "#lib/shared/ids.ts";

/** An event under the control of its workflow's settings, with the ids it was given. */
export interface ArrivingEvent {
  runId: string;
  eventId: string;
  workspaceId: string;
  workflowId: string;
  documentId: string;
  version: number | null;
  triggerId: string | null;
  triggerType: string;
  triggerNodeId: string;
  data: string;
  dedupe: { key: string; bodyHash: Buffer; ttlMs: number } | null;
  keyHash: Buffer | null;
  runDeadlineMs: number;
  priority: number;
  gate: RunGate | null;
  arrival?: Arrival | null | undefined;
  attributes?: readonly RunAttribute[] | undefined;
}

export type DropReason = "limit" | "singleton";

export interface ArrivalAnswer {
  runId: string;
  eventId: string;
  duplicate: boolean;
  conflicting: boolean;
  dropped?: DropReason | undefined;
}

/** What one control remembers of one key. The run is that which gathers, the last that was let through, or the one that goes. */
export interface ArrivalRow {
  workflowId: string;
  workspaceId: string;
  control: "gather" | "limit" | "singleton";
  keyHash: Buffer;
  runId: string | null;
  gathered: GatheredState | null;
  passed: Passed[];
  /** From when on nothing of it counts any more. */
  expiresAtMs: number;
}

/** `eventId`: the one the run has for now. */
export type GatheredState = Gathering & { eventId: string };

/** How a run stands that a row names. */
export interface KnownRun {
  unfinished: boolean;
  /** It is held for more events, and nobody has canceled it. */
  gathers: boolean;
}

export interface Knowledge {
  now: number;
  rows: Map<string, ArrivalRow>;
  runs: Map<string, KnownRun>;
  /** By `dedupeName`: the event that has the key, ours included. */
  owners: Map<string, { runId: string; eventId: string; bodyHash: Buffer }>;
}

export interface EventDraft<Item> {
  item: Item;
  id: string;
  outcome: "accepted" | "duplicate" | "superseded" | "batched" | "dropped";
  reason: string | null;
  runId: string;
}

/** What is to be written, all of it together. */
export interface ArrivalPlan<Item> {
  answers: ArrivalAnswer[];
  /** Of new runs, by id; those with `gathers` are held for more events. Their events come with them. */
  runs: Map<string, { item: Item; eventId: string; gathers: "debounce" | "batch" | null }>;
  /** Events that make no run of their own. */
  events: Map<string, EventDraft<Item>>;
  /** Runs of before that are to be of a newer event. */
  turned: Map<string, { item: Item; eventId: string }>;
  /** Events of before that a newer one has replaced. */
  superseded: string[];
  items: { runId: string; eventId: string; place: number }[];
  /** Gathering is over: they are to start. */
  released: Set<string>;
  /** Runs that are to give way to newer ones. */
  canceled: Map<string, { workspaceId: string }>;
}

export function rowName(row: Pick<ArrivalRow, "workflowId" | "control" | "keyHash">): string {
  return `${row.workflowId} ${row.control} ${row.keyHash.toString("hex")}`;
}

export function dedupeName(item: Pick<ArrivingEvent, "triggerId" | "workflowId" | "keyHash">): string | null {
  return item.keyHash === null ? null : `${item.triggerId ?? item.workflowId} ${item.keyHash.toString("hex")}`;
}

/** The rows an event is judged by, as they are when nothing has come before. */
export function freshRows({ workflowId, workspaceId, arrival }: ArrivingEvent): ArrivalRow[] {
  const controls = arrival ? (["gather", "limit", "singleton"] as const) : [];
  return controls.flatMap((control) => {
    const rule = arrival?.[control];
    if (!rule) return [];
    const keyHash = createHash("sha256").update(rule.key).digest();
    return [{ workflowId, workspaceId, control, keyHash, runId: null, gathered: null, passed: [], expiresAtMs: 0 }];
  });
}

/** Judges events one after another, in order of receipt; `known.rows` are brought up to date on the way. */
export function planArrivals<Item extends ArrivingEvent>(items: readonly Item[], known: Knowledge): ArrivalPlan<Item> {
  const planner = new Planner<Item>(known);
  for (const item of items) planner.plan.answers.push(planner.judge(item));
  return planner.plan;
}

const dayMs = 86_400_000;

class Planner<Item extends ArrivingEvent> {
  readonly #known: Knowledge;
  readonly #answered = new Map<string, { answer: ArrivalAnswer; bodyHash: Buffer }>();
  readonly plan: ArrivalPlan<Item> = {
    answers: [],
    runs: new Map(),
    events: new Map(),
    turned: new Map(),
    superseded: [],
    items: [],
    released: new Set(),
    canceled: new Map(),
  };

  constructor(known: Knowledge) {
    this.#known = known;
  }

  judge(item: Item): ArrivalAnswer {
    const name = dedupeName(item);
    const bodyHash = item.dedupe?.bodyHash;
    if (name === null || bodyHash === undefined) return this.#arrive(item);
    const before = this.#answered.get(name);
    if (before) {
      const { runId, eventId } = before.answer;
      return { runId, eventId, duplicate: true, conflicting: !before.bodyHash.equals(bodyHash) };
    }
    const owner = this.#known.owners.get(name);
    const answer = owner && owner.eventId !== item.eventId ? this.#repeat(item, owner, bodyHash) : this.#arrive(item);
    this.#answered.set(name, { answer, bodyHash: owner?.bodyHash ?? bodyHash });
    return answer;
  }

  #repeat(item: Item, owner: { runId: string; eventId: string; bodyHash: Buffer }, bodyHash: Buffer): ArrivalAnswer {
    const conflicting = !owner.bodyHash.equals(bodyHash);
    this.#note(item, "duplicate", conflicting ? "conflicting_duplicate" : null, owner.runId);
    return { runId: owner.runId, eventId: owner.eventId, duplicate: true, conflicting };
  }

  #arrive(item: Item): ArrivalAnswer {
    const { now } = this.#known;
    const rows = new Map(freshRows(item).map((row) => [row.control, this.#known.rows.get(rowName(row)) ?? row]));
    const { singleton, limit } = item.arrival ?? {};
    const [single, limited, gathering] = [rows.get("singleton"), rows.get("limit"), rows.get("gather")];
    const going = single?.runId != null && this.#runOf(single.runId).unfinished ? single.runId : null;
    if (singleton?.mode === "skip-new" && going !== null) return this.#drop(item, "singleton", going);
    if (limit && limited) {
      const { passes, passed } = passLimit(limit, limited.passed, now);
      limited.passed = passed;
      if (!passes && limited.runId !== null) return this.#drop(item, "limit", limited.runId);
      limited.expiresAtMs = now + limit.perMs;
    }
    if (going !== null) this.plan.canceled.set(going, item);
    const runId = gathering ? this.#gather(item, gathering) : this.#start(item, item.eventId, null);
    if (limited) limited.runId = runId;
    if (single) Object.assign(single, { runId, expiresAtMs: now + dayMs });
    return { runId, eventId: item.eventId, duplicate: false, conflicting: false };
  }

  #gather(item: Item, row: ArrivalRow): string {
    const rule = item.arrival?.gather;
    if (!rule) throw new Error("an event without a rule cannot be gathered");
    const before = row.runId !== null && row.gathered !== null && this.#runOf(row.runId).gathers ? row.gathered : null;
    const { does, gathering, full } = gather(rule, before, item.data.length, this.#known.now);
    // One that was canceled meanwhile gets what it had gathered, too, for people to see.
    if (does === "open" && row.runId !== null && row.gathered !== null) this.plan.released.add(row.runId);
    const runId = does === "join" && row.runId !== null ? row.runId : item.runId;
    let eventId = item.eventId;
    if (rule.as === "batch") {
      eventId = does === "join" && before !== null ? before.eventId : newId();
      this.#note(item, "batched", null, runId);
      this.plan.items.push({ runId, eventId: item.eventId, place: gathering.count });
    }
    if (does === "open") this.#start(item, eventId, rule.as);
    else if (rule.as === "debounce") this.#turn(item, runId, before?.eventId ?? null);
    Object.assign(row, full ? { runId: null, gathered: null } : { runId, gathered: { ...gathering, eventId } });
    row.expiresAtMs = this.#known.now + dayMs;
    if (full) this.plan.released.add(runId);
    return runId;
  }

  #start(item: Item, eventId: string, gathers: "debounce" | "batch" | null): string {
    this.plan.runs.set(item.runId, { item, eventId, gathers });
    this.#known.runs.set(item.runId, { unfinished: true, gathers: gathers !== null });
    return item.runId;
  }

  /** The run is of this event from now on, and what it was of before has been replaced. */
  #turn(item: Item, runId: string, before: string | null): void {
    const opened = this.plan.runs.get(runId);
    const turned = this.plan.turned.get(runId);
    const replaced = opened ?? turned;
    if (replaced) this.#note(replaced.item, "superseded", "debounce", runId, replaced.eventId);
    else if (before !== null) this.plan.superseded.push(before);
    if (opened) this.plan.runs.set(runId, { ...opened, item, eventId: item.eventId });
    else this.plan.turned.set(runId, { item, eventId: item.eventId });
    if (!opened) this.#note(item, "accepted", null, runId);
  }

  #drop(item: Item, reason: DropReason, runId: string): ArrivalAnswer {
    this.#note(item, "dropped", reason, runId);
    return { runId, eventId: item.eventId, duplicate: false, conflicting: false, dropped: reason };
  }

  #note(item: Item, outcome: EventDraft<Item>["outcome"], reason: string | null, runId: string, id = item.eventId): void {
    this.plan.events.set(id, { item, id, outcome, reason, runId });
  }

  #runOf(runId: string): KnownRun {
    return this.#known.runs.get(runId) ?? { unfinished: false, gathers: false };
  }
}
