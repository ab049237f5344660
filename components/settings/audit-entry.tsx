import { CopyText } from "#components/ui/copy-button.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { sentence } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { AuditEntry } from "#lib/shared/api-types.ts";
import { type AuditChange, type Names, readDetails } from "./audit-words.ts";

/** All of an entry: what was, what is, and what was written down, as it was. */
export function AuditEntryView({ entry, names }: { entry: AuditEntry; names: Names }) {
  const { changes, facts } = readDetails(entry, names);
  return (
    <section aria-label="Entry" className="flex flex-col gap-3 py-3">
      <Facts
        facts={[
          { name: "When", value: <TimeWithCopy at={entry.at} /> },
          { name: "Who", value: <span className="wrap-anywhere">{entry.actor}</span> },
          { name: "Action", value: <code className="font-mono text-sm">{entry.action}</code> },
          { name: sentence(entry.entityType.replaceAll(/[_-]/g, " ")), value: <CopyText text={entry.entityId} label="id" /> },
        ]}
      />
      {changes.length > 0 ? <Changes changes={changes} /> : null}
      {facts.length > 0 ? (
        <Facts
          facts={facts.map(({ name, value }) => ({
            name: sentence(name),
            value: <span className="wrap-anywhere max-w-prose">{value}</span>,
          }))}
        />
      ) : null}
      {Object.keys(entry.details).length > 0 ? (
        <JsonView value={entry.details} label="details" expand={0} className="max-w-3xl bg-bg" />
      ) : null}
    </section>
  );
}

function Changes({ changes }: { changes: AuditChange[] }) {
  return (
    <div className="max-w-3xl overflow-hidden rounded-md border bg-bg">
      <table aria-label="Changes" className="w-full table-fixed text-left">
        <thead>
          <tr className="border-b text-fg-subtle text-xs">
            <th scope="col" className="w-1/4 px-3 py-1 font-normal">
              Field
            </th>
            <th scope="col" className="px-3 py-1 font-normal">
              Before
            </th>
            <th scope="col" className="px-3 py-1 font-normal">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ name, before, after }) => (
            <tr key={name} className="border-b align-top last:border-b-0">
              <th scope="row" className="wrap-anywhere px-3 py-1.5 font-normal text-fg-muted">
                {sentence(name)}
              </th>
              <td className="wrap-anywhere whitespace-pre-wrap px-3 py-1.5 text-fg-muted">{before}</td>
              <td className="wrap-anywhere whitespace-pre-wrap px-3 py-1.5">{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
