import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { StreamMessage } from "#lib/shared/stream-message.ts";

export interface StreamOptions {
  listener: Pick<RunListener, "subscribe">;
  workspaceId: string;
  /** Asked again with every heartbeat: whoever lost access loses the stream. */
  isAllowed(): Promise<boolean>;
  /** Ends the stream when the process does. */
  shutdown: AbortSignal;
  heartbeatMs?: number;
}

/** Changes are gathered this long, so that a busy engine does not become a busy network. */
const gatherMs = 100;
const heartbeatMs = 15_000;
const gapSpreadMs = 2_000;
const idsPerMessage = 500;
const maxStreams = 2_000;
let open = 0;

/** What changed and was not told yet: ids by kind, so that a slow reader costs no more memory than there are things. */
class Changes {
  readonly #ids = new Map<StreamMessage["kind"], Set<string>>();

  add(message: StreamMessage): void {
    const ids = this.#ids.get(message.kind) ?? new Set();
    for (const id of message.ids) ids.add(id);
    this.#ids.set(message.kind, ids);
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  take(): StreamMessage[] {
    const messages = [...this.#ids].flatMap(([kind, ids]) => {
      const all = [...ids];
      const parts = Math.ceil(all.length / idsPerMessage);
      return Array.from({ length: parts }, (_, part) => ({ kind, ids: all.slice(part * idsPerMessage, (part + 1) * idsPerMessage) }));
    });
    this.#ids.clear();
    return messages;
  }
}

/** Answers with server-sent events: which runs, issues and workflows of a workspace changed. Hints to look again, not the truth. */
export function streamChanges(c: Context, options: StreamOptions): Response {
  if (open >= maxStreams) throw new AppError("unavailable", "too many open streams", { retryAfterMs: 5_000 });
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (stream) => {
    open++;
    const changes = new Changes();
    let ended = options.shutdown.aborted;
    let wake = () => {};
    const end = () => {
      ended = true;
      wake();
    };
    const unsubscribe = options.listener.subscribe(options.workspaceId, {
      onChange: (message) => {
        changes.add(message);
        wake();
      },
      // Whoever comes back looks at everything again. Not all at the same moment.
      onGap: () => setTimeout(end, Math.random() * gapSpreadMs),
    });
    stream.onAbort(end);
    options.shutdown.addEventListener("abort", end);
    try {
      await stream.write("retry: 2000\n\n");
      let beatAt = Date.now();
      while (!ended) {
        const every = options.heartbeatMs ?? heartbeatMs;
        await pause(changes.isEmpty ? Math.max(0, beatAt + every - Date.now()) : 0, (resume) => {
          wake = resume;
        });
        if (ended) break;
        if (Date.now() - beatAt >= every) {
          if (!(await options.isAllowed())) break;
          await stream.writeSSE({ event: "beat", data: "{}" });
          beatAt = Date.now();
        }
        for (const message of changes.take()) await stream.writeSSE({ data: JSON.stringify(message) });
        await stream.sleep(gatherMs);
      }
    } finally {
      open--;
      unsubscribe();
      options.shutdown.removeEventListener("abort", end);
    }
  });
}

/** Waits for a time or for whoever calls the function that `hold` is given. */
function pause(ms: number, hold: (resume: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    hold(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
