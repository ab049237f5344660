import Link from "next/link";
import { CopyText } from "#components/ui/copy-button.tsx";
import { shortId } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";

type Idempotency = NonNullable<DeadLetterView["idempotency"]>;

const states: Record<NonNullable<Idempotency["state"]>, string> = {
  claimed: "held, nothing sent under it",
  sent: "sent under it; whether it took effect is open",
  succeeded: "done",
  failed_final: "refused for good",
  released: "free: nothing took effect under it",
  unknown_outcome: "unknown whether it took effect",
};

/** The key of the failed step, and what became of it, be it by another run since. */
export function KeyState({ item, idempotency }: { item: DeadLetterView; idempotency: Idempotency }) {
  const { key, state, heldBy, lastSentAt } = idempotency;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      <CopyText text={key} label="idempotency key" className="max-w-56" />
      <span className="text-fg-muted">
        {state === null ? "nothing is known of it any more" : states[state]}
        {lastSentAt !== null && state !== "released" ? (
          <>
            {" "}
            <Time at={lastSentAt} />
          </>
        ) : null}
        {heldBy !== null && heldBy !== item.runId ? (
          <>
            {" "}
            by{" "}
            <Link href={`/runs/${heldBy}`} className="rounded text-accent-text hover:underline">
              run {shortId(heldBy)}
            </Link>
          </>
        ) : null}
      </span>
    </span>
  );
}
