"use client";

import { Download } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { download } from "#components/ui/download.ts";
import { formatDuration, plural } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { runAsJson } from "./mask-settings.ts";
import { eventsOf } from "./run-events.ts";

const pageSize = 200;

/** What happened, one thing a line; or the run as the API gives it. */
export function RunEvents({ run, selected, onSelect }: { run: RunView; selected: string; onSelect: (stepId: string) => void }) {
  const [raw, setRaw] = useQueryState("raw", parseAsBoolean.withDefault(false));
  const [shown, setShown] = useState(pageSize);
  const events = useMemo(() => eventsOf(run), [run]);
  const asJson = useMemo(() => runAsJson(run), [run]);
  const start = Date.parse(run.createdAt);
  return (
    <section aria-label="Events" className="border-t">
      <div className="flex flex-wrap items-center gap-2 px-4 py-2 md:px-6">
        <span className="text-fg-muted">{plural(events.length, "event")}</span>
        <Button size="sm" className="ml-auto" aria-pressed={raw} onClick={() => void setRaw(raw ? null : true)}>
          {raw ? "As a list" : "As JSON"}
        </Button>
        <Button size="sm" icon={<Download aria-hidden />} onClick={() => download(`run-${run.id}.json`, JSON.stringify(asJson, null, 2))}>
          Download JSON
        </Button>
      </div>
      {raw ? (
        <JsonView value={asJson} label={`run-${run.id}`} className="mx-4 mb-4 md:mx-6" tall />
      ) : (
        <table aria-label="Events" className="w-full border-collapse text-left">
          <thead>
            <tr className="h-8 border-y bg-subtle text-fg-muted text-sm">
              <th className="w-px whitespace-nowrap px-4 font-medium md:px-6">After</th>
              <th className="px-2 font-medium">What happened</th>
              <th className="px-2 font-medium">Step</th>
              <th className="hidden px-2 pr-6 text-right font-medium md:table-cell">Time</th>
            </tr>
          </thead>
          <tbody>
            {events.slice(0, shown).map((event, index) => (
              <tr
                // biome-ignore lint/suspicious/noArrayIndexKey: two things may happen to a step in the same moment
                key={`${event.at} ${event.stepId} ${index}`}
                className="h-(--row-height) border-b aria-selected:bg-accent-tint"
                aria-selected={event.stepId === selected}
              >
                <td className="whitespace-nowrap px-4 text-fg-muted tabular-nums md:px-6">
                  {formatDuration(Date.parse(event.at) - start)}
                </td>
                <td className="px-2">
                  <span className="flex items-center gap-2">
                    {event.look ? <StatusIcon look={event.look} /> : <span className="size-3.5 shrink-0" />}
                    {event.what}
                  </span>
                </td>
                <td className="px-2">
                  {event.stepId ? (
                    <button
                      type="button"
                      onClick={() => onSelect(event.stepId ?? "")}
                      className="min-h-6 rounded text-left text-accent-text hover:underline"
                    >
                      {event.step}
                    </button>
                  ) : null}
                </td>
                <td className="hidden px-2 pr-6 text-right text-fg-muted md:table-cell">
                  <Time at={event.at} absolute />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!raw && events.length > shown ? (
        <div className="flex justify-center py-3">
          <Button onClick={() => setShown(shown + pageSize)}>Show more</Button>
        </div>
      ) : null}
    </section>
  );
}
