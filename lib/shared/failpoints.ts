/**
 * Named points at the arrows of the crash table (engine.md 1.1). A test that forks a worker with SLUICE_FAILPOINTS set is told of
 * every run that comes to one, and the run stays there until the test says go, or kills the process. What a point is about:
 * everything before it has happened, nothing after it has.
 */
export const callFailpoints = [
  "run-claimed",
  "input-frozen",
  "key-claimed",
  "breaker-admitted",
  "throttle-granted",
  "before-sent",
  "sent-committed",
  "answered",
  "step-settled",
  "before-park",
  "parked",
  "before-finish",
  "finished",
] as const;

/** The arrows beside those of one call: undoing, other runs, the outside, loops, gates, the inbox. */
export const arrowFailpoints = [
  "undo-begun",
  "undo-before-sent",
  "undo-sent-committed",
  "undo-answered",
  "undo-ended",
  "child-started",
  "signal-seen",
  "item-ended",
  "batch-halved",
  "run-admitted",
  "redrive-released",
  "dead-letter-put",
  "poll-read",
] as const;
/** The arrows at the door: around the statement that stores a batch of events, each told of by the workflow of its first. */
export const doorFailpoints = ["events-taken", "events-committed"] as const;
export type Failpoint = (typeof callFailpoints | typeof arrowFailpoints | typeof doorFailpoints)[number];

/** From the worker to the test that forked it. */
export interface FailpointReached {
  failpoint: Failpoint;
  /** Of the run; where many are concerned, of what they belong to. */
  id: string;
  /** Tells this stay from another of the same at the same point. */
  stay: number;
}

/** From the test to the worker: this run goes on. */
export interface FailpointGo {
  go: number;
  /** Not before the whole process has stood still for so long, as code that never yields would make it. */
  blockMs?: number;
}

type Reach = (point: Failpoint, id: string) => Promise<void> | undefined;

/** To be awaited where a crash would leave something else behind than a line earlier. Does nothing unless armed. */
export const failpoint: Reach =
  process.env.SLUICE_FAILPOINTS === "all" && process.send ? armed(process.send.bind(process)) : () => undefined;

function armed(send: (message: FailpointReached) => void): Reach {
  const staying = new Map<number, () => void>();
  let stays = 0;
  process.on("message", (message: FailpointGo) => {
    if (message.blockMs !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.blockMs);
    staying.get(message.go)?.();
    staying.delete(message.go);
  });
  return (point, id) => {
    stays += 1;
    const stay = stays;
    const told = new Promise<void>((resolve) => staying.set(stay, resolve));
    send({ failpoint: point, id, stay });
    return told;
  };
}
