import { Time } from "#components/ui/time.tsx";
import type { JsonObject } from "#lib/shared/json.ts";
import { snoozeWords } from "./issue-words.ts";

/** When a snoozed issue comes back: "at 21 Nov 2026, 09:00:00 CET or after 10 more items". */
export function SnoozeEnds({ snooze }: { snooze: JsonObject }) {
  const others = snoozeWords(snooze);
  if (typeof snooze.until !== "string") return others;
  return (
    <>
      at <Time at={snooze.until} absolute />
      {others === "" ? null : ` or ${others}`}
    </>
  );
}
