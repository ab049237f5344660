import { Time } from "#components/ui/time.tsx";
import type { IssueView } from "#lib/shared/api-types.ts";

/** "dead_letter.redriven" → "dead letter redriven". */
function words(action: string): string {
  return action.replace(/^issue\./, "").replaceAll(/[._-]/g, " ");
}

/** Who did what, newest first. */
export function Activity({ lines }: { lines: IssueView["activity"] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 font-medium">Activity</h3>
      <ul className="flex flex-col gap-1">
        {lines.map((line) => (
          <li key={`${line.at} ${line.action}`} className="flex flex-wrap gap-x-2 text-fg-muted">
            <span className="font-medium text-fg">{line.actor}</span>
            <span>{words(line.action)}</span>
            {typeof line.details.reason === "string" ? <span className="wrap-anywhere">“{line.details.reason}”</span> : null}
            <Time at={line.at} className="ml-auto text-fg-subtle" />
          </li>
        ))}
      </ul>
    </section>
  );
}
