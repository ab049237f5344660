import { ButtonLink } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { itemlessWords } from "./itemless-words.ts";

/** What an issue is that is about no items: since when, what it means for runs, what ends it, and where to look. */
export function Itemless({ issue }: { issue: IssueView }) {
  const words = itemlessWords(issue);
  const facts = [
    {
      name: issue.status === "resolved" ? "When" : "Open since",
      value: (
        <>
          <Time at={issue.openedAt} absolute />
          {issue.status === "resolved" ? (
            <>
              , last <Time at={issue.lastSeenAt} absolute />
            </>
          ) : null}
        </>
      ),
    },
    { name: "What it means for runs", value: words.meaning },
    { name: "What ends it", value: words.end },
  ];
  return (
    <div className="flex max-w-prose flex-col gap-4 p-4">
      <p className="wrap-anywhere">{words.wrong}</p>
      <dl className="flex flex-col gap-3">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-fg-subtle text-sm">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        {words.links.map(({ label, href }) => (
          <ButtonLink key={href} href={href}>
            {label}
          </ButtonLink>
        ))}
      </div>
    </div>
  );
}
