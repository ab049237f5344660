"use client";

import Link from "next/link";
import { Countdown } from "#components/ui/countdown.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { rateText } from "../policy-summary.ts";

/** "5/s, 100/min, 4 at once": what a connection allows all that use it together; empty when it sets no limit. */
export function connectionLimitsText({ limits, limitState }: Pick<ConnectionView, "limits" | "limitState">): string {
  const windows = limitState.windows.map(({ limit, perMs }) => rateText(limit, perMs));
  const concurrency = typeof limits.concurrency === "number" ? [`${limits.concurrency} at once`] : [];
  return [...windows, ...concurrency].join(", ");
}

/** The limits of the step's connection beside its own, and how they stand now. */
export function ConnectionLimits({ connection }: { connection: ConnectionView }) {
  const { limitState } = connection;
  const text = connectionLimitsText(connection);
  const lowered = limitState.windows.filter((window) => window.usable < window.limit);
  return (
    <section aria-label="Limits of the connection" className="rounded-md bg-subtle px-2.5 py-1.5 text-sm">
      <p>
        <Link href="/connections" className="font-medium underline decoration-line underline-offset-2 hover:decoration-current">
          {connection.name}
        </Link>{" "}
        {text === "" ? (
          <span className="text-fg-muted">sets no limit of its own.</span>
        ) : (
          <>
            allows <span className="tabular-nums">{text}</span>
            <span className="text-fg-muted">, for all steps that use it together. Both limits hold.</span>
          </>
        )}
      </p>
      {limitState.learned.map((learned) => (
        <p key={learned.policy} className="text-fg-muted">
          The remote told of <span className="font-mono">{learned.policy}</span>:{" "}
          {learned.perMs === null ? `${learned.limit} at once` : rateText(learned.limit, learned.perMs)}.
        </p>
      ))}
      {lowered.map(({ limit, perMs, usable }) => (
        <p key={perMs} className="text-retrying">
          Now {formatCount(usable)} instead of {rateText(limit, perMs)}.
        </p>
      ))}
      {limitState.blockedUntil === null ? null : (
        <p className="text-waiting">
          The remote asked for a pause: calls go on in <Countdown until={limitState.blockedUntil} />.
        </p>
      )}
      {limitState.waitingCalls > 0 ? (
        <p className="text-waiting">{plural(limitState.waitingCalls, "call")} waiting for their turn now.</p>
      ) : null}
    </section>
  );
}
