import { Countdown } from "#components/ui/countdown.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { windowWords } from "./form.ts";

type State = ConnectionView["limitState"];

/** "Paused, goes on in 12 s": where the remote asked for it. */
export function PausedUntil({ state }: { state: State }) {
  if (state.blockedUntil === null) return null;
  return (
    <span className="whitespace-nowrap text-fg-muted text-xs">
      Paused by the remote for <Countdown until={state.blockedUntil} />
    </span>
  );
}

/** How the limits of a connection stand, in plain words; nothing where there is nothing to tell. */
export function LimitState({ state }: { state: State }) {
  const lowered = state.windows.filter((window) => window.usable < window.limit);
  if (state.blockedUntil === null && state.waitingCalls === 0 && lowered.length === 0 && state.learned.length === 0) return null;
  return (
    <section aria-label="How the limits stand" className="flex flex-col gap-1.5 rounded-md border bg-subtle px-3 py-2 text-sm">
      {state.blockedUntil === null ? null : (
        <p>
          The remote asked for a pause: calls go on in <Countdown until={state.blockedUntil} />.
        </p>
      )}
      {state.waitingCalls > 0 ? <p>{plural(state.waitingCalls, "call")} waiting for their turn.</p> : null}
      {lowered.map(({ limit, perMs, usable }) => (
        <p key={`${limit}/${perMs}`}>
          At the moment {formatCount(usable)} instead of {plural(limit, "call")} in {windowWords(perMs)}: some is left to others, or the
          remote turned calls away and it is tried how many it takes.
        </p>
      ))}
      {state.learned.map((learned) => (
        <p key={learned.policy}>
          The remote told of a limit <span className="font-mono">{learned.policy}</span>: {plural(learned.limit, "call")}{" "}
          {learned.perMs === null ? "at one time" : `in ${windowWords(learned.perMs)}`}
          {learned.perKey ? " for each key" : ""}. It is kept for {plural(learned.nodes, "step")}, since <Time at={learned.learnedAt} />
          {learned.blockedUntil === null ? (
            "."
          ) : (
            <>
              ; used up for <Countdown until={learned.blockedUntil} />.
            </>
          )}
        </p>
      ))}
    </section>
  );
}
