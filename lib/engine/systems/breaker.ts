import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { type CallOutcome, countOwn, type OwnSlot } from "#lib/policies/breaker.ts";
import type { ResolvedBreaker } from "#lib/policies/defaults.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import { newId } from "#lib/shared/ids.ts";

const admitStatement = statement(new URL("./sql/breaker-admit.sql", import.meta.url));
const pruneStatement = statement(new URL("./sql/breaker-prune.sql", import.meta.url));
const reportStatement = statement(new URL("./sql/breaker-report.sql", import.meta.url));

/** One call that wants to be made. */
export interface BreakerRequest {
  workspaceId: string;
  /** Of the breaker: made of what it guards. */
  id: string;
  /** The step. Its probe is known by this; asking again keeps it. */
  holder: string;
  settings: ResolvedBreaker;
  /** How long a probe is held at most. */
  leaseMs: number;
  /** The database's clock, as this process knows it. */
  now(): number;
  /** Whether a repeat of the call does no harm. One that does probes only when no other comes. */
  repeatable: boolean;
}

export type BreakerAnswer =
  /** Call, and report what came of it in this generation. */
  | { next: "go"; gen: number; probe: boolean }
  /**
   * Ask again at that time (Unix ms of the database). `probing`: somebody may find out now whether the remote is well again.
   * `elsewhere`: only this worker does not reach it.
   */
  | { next: "wait"; untilMs: number; probing: boolean; elsewhere: boolean };

/** What came of an admitted call. */
export interface BreakerSample {
  request: BreakerRequest;
  gen: number;
  probe: boolean;
  outcome: CallOutcome;
  slow: boolean;
}

interface StateRow {
  state: string;
  gen: number;
  until_ms: number | null;
  in_ms: number | null;
}

interface NewsRow extends StateRow {
  id: string;
  /** The remote would be held to fail, but for this worker being the only one that reaches nothing. */
  alone: boolean;
  /** Other workers live. */
  others: boolean;
}

/** What the database last said of a breaker that needs no asking; times of this machine's monotonic clock. */
interface Known {
  gen: number;
  open: { untilMs: number; endsAt: number } | null;
  readAt: number;
}

interface Count {
  request: BreakerRequest;
  gen: number;
  ok: number;
  fail: number;
  slow: number;
  unsent: number;
}

/** This worker reaches nothing there, and leaves the remote to others for a while. */
interface Own {
  slots: OwnSlot[];
  offUntil: number;
}

/** How long a worker may go by what it last read. */
const freshMs = 500;
const flushEveryMs = 250;
/** More breakers than are called within `freshMs` by one worker. */
const maxKnown = 10_000;
/** So long a step waits that a worker without network has taken: just long enough to be parked, so that another may take it. */
const elsewhereMs = 1_100;

/**
 * The circuit breakers of all remotes, shared by all workers through the database. While a remote is well nothing is
 * awaited for a call: its result is counted here, and what is sent to the database now and then brings back the state.
 */
export class BreakerSystem {
  readonly #pool: pg.Pool;
  readonly #admits: GroupCommit<BreakerRequest, BreakerAnswer>;
  readonly #known = new Map<string, Known>();
  /** How this worker is told from others as a witness. */
  readonly #self = newId();
  readonly #own = new Map<string, Own>();
  #counts = new Map<string, Count>();
  #probes: BreakerSample[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
    this.#admits = new GroupCommit({ flush: (requests) => this.#admitAll(requests), maxBatch: 200 });
  }

  /** Lets the call through or tells when to ask again. Every admitted call is to be reported. */
  admit(request: BreakerRequest): BreakerAnswer | Promise<BreakerAnswer> {
    const known = this.#known.get(request.id);
    const now = performance.now();
    if ((this.#own.get(request.id)?.offUntil ?? 0) > now) return this.#elsewhere(request);
    if (!known || now - known.readAt > freshMs) return this.#admits.add(request);
    if (known.open === null) return { next: "go", gen: known.gen, probe: false };
    return known.open.endsAt > now ? waitUntil(known.open.untilMs, request) : this.#admits.add(request);
  }

  /** Takes the result of an admitted call. Best effort: what gets lost is as if the call had not been made. */
  report(sample: BreakerSample): void {
    if (sample.probe) {
      // Others wait for its verdict.
      this.#probes.push(sample);
      void this.flush();
      return;
    }
    if (sample.outcome === "ignored") return;
    const key = `${sample.request.id} ${sample.gen}`;
    const count = this.#counts.get(key) ?? { request: sample.request, gen: sample.gen, ok: 0, fail: 0, slow: 0, unsent: 0 };
    if (sample.outcome === "success") count.ok += 1;
    else if (sample.outcome === "unsent") count.unsent += 1;
    else count.fail += 1;
    if (sample.slow) count.slow += 1;
    this.#counts.set(key, count);
    this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
  }

  /** Sends the results that wait; done by itself all the time. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const counts = [...this.#counts.values()];
    const probes = this.#probes;
    this.#counts = new Map();
    this.#probes = [];
    const samples = [...counts.map(ofCount), ...probes.map(ofProbe)];
    if (samples.length === 0) return;
    const readAt = performance.now();
    try {
      const values = [JSON.stringify(samples), this.#self];
      const { rows } = await this.#pool.query<NewsRow>({ ...reportStatement, values });
      for (const row of rows) this.#learn(row.id, row, readAt);
      this.#watchOwn(counts, probes, rows);
    } catch {
      // Best effort: lost samples only make the breaker slower to open, and a probe's lease ends by itself.
    }
  }

  /** Forgets what no longer tells anything. Call it now and then. */
  async prune(): Promise<void> {
    await this.#pool.query(pruneStatement);
  }

  async #admitAll(requests: BreakerRequest[]): Promise<BreakerAnswer[]> {
    const values = requests.map(({ id, holder, settings, leaseMs, repeatable }) => ({
      id,
      holder,
      openMs: settings.openMs,
      leaseMs,
      repeatable,
    }));
    const readAt = performance.now();
    const { rows } = await this.#pool.query<StateRow & { no: number; go: boolean; probe: boolean }>({
      ...admitStatement,
      values: [JSON.stringify(values)],
    });
    const answers = new Map<number, BreakerAnswer>();
    for (const row of rows) {
      const request = requests[row.no - 1];
      if (!request) continue;
      this.#learn(request.id, row, readAt);
      answers.set(
        row.no - 1,
        row.go ? { next: "go", gen: row.gen, probe: row.probe } : waitUntil(row.until_ms ?? 0, request, row.state === "half_open"),
      );
    }
    return requests.map((request, index) => {
      const answer = answers.get(index);
      if (!answer) throw new Error(`breaker_admit did not answer ${request.holder}`);
      return answer;
    });
  }

  /** Where only this worker fails, it alone stays away from the remote, for as long as the breaker would. */
  #watchOwn(counts: readonly Count[], probes: readonly BreakerSample[], rows: readonly NewsRow[]): void {
    const now = performance.now();
    const second = Math.floor(now / 1_000);
    const news = Map.groupBy(rows, (row) => row.id);
    for (const { request, ok, fail, unsent } of counts) {
      const own = this.#own.get(request.id);
      if (unsent === 0 && !own) continue; // a healthy worker keeps no books
      const { slots, cutOff } = countOwn(own?.slots ?? [], { second, sent: ok + fail, unsent }, request.settings);
      const told = news.get(request.id) ?? [];
      const alone = told.some((row) => row.alone) || (cutOff && told.some((row) => row.others && row.state === "closed"));
      this.#keepOwn(request, alone ? [] : slots, alone);
    }
    for (const { request } of probes) if (news.get(request.id)?.some((row) => row.alone)) this.#keepOwn(request, [], true);
  }

  #keepOwn({ id, settings }: BreakerRequest, slots: OwnSlot[], off: boolean): void {
    if (this.#own.size >= maxKnown) this.#own.clear();
    if (off) this.#own.set(id, { slots, offUntil: performance.now() + settings.openMs });
    else if (slots.some((slot) => slot.unsent > 0)) this.#own.set(id, { slots, offUntil: 0 });
    else this.#own.delete(id);
  }

  #elsewhere(request: BreakerRequest): BreakerAnswer {
    return { next: "wait", untilMs: request.now() + elsewhereMs * (1 + Math.random() / 2), probing: false, elsewhere: true };
  }

  #learn(id: string, row: StateRow, readAt: number): void {
    if (this.#known.size >= maxKnown) this.#known.clear();
    if (row.state === "closed") this.#known.set(id, { gen: row.gen, open: null, readAt });
    else if (row.state === "open" && row.until_ms !== null && row.in_ms !== null) {
      this.#known.set(id, { gen: row.gen, open: { untilMs: row.until_ms, endsAt: readAt + row.in_ms }, readAt });
    } else this.#known.delete(id); // who may probe, only the database knows
  }
}

/** A little later than it would be possible, each by another time, so that those who waited do not come all at once. */
function waitUntil(untilMs: number, { settings }: BreakerRequest, probing = false): BreakerAnswer {
  return { next: "wait", untilMs: untilMs + (Math.random() * settings.openMs) / 10, probing, elsewhere: false };
}

function ofCount({ request, gen, ok, fail, slow, unsent }: Count) {
  const { id, workspaceId, settings } = request;
  const { windowMs, minCalls, failureRatio, openMs } = settings;
  return { id, workspaceId, gen, probe: null, ok, fail, slow, unsent, windowMs, minCalls, failureRatio, openMs };
}

function ofProbe({ request, gen, outcome, slow }: BreakerSample) {
  const verdict = outcome === "success" && slow ? "failed" : verdicts[outcome];
  const { id, workspaceId, settings, holder, repeatable } = request;
  return { id, workspaceId, gen, probe: holder, verdict, repeatable, openMs: settings.openMs, windowMs: settings.windowMs };
}

const verdicts: Record<CallOutcome, string> = { success: "passed", failure: "failed", unsent: "unsent", ignored: "ignored" };
