"use client";

import { Download } from "lucide-react";
import { messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import type { JsonValue } from "#lib/shared/json.ts";
import { usePollSample } from "../poll/use-poll-sample.ts";
import { SourceLine } from "./source-line.tsx";
import type { RunHandle } from "./use-run.ts";

interface PollSourcesProps {
  workflowId: string;
  nodeId: string;
  run: RunHandle;
  chosen: string;
  onChoose: (id: string, value: JsonValue) => void;
}

/** Items that the list of a poll trigger holds just now, each as a run would see it. */
export function PollSources({ workflowId, nodeId, run, chosen, onChoose }: PollSourcesProps) {
  const sample = usePollSample(workflowId, nodeId, run);
  const failure = sample.error === null ? (sample.data?.error?.message ?? null) : messageOf(sample.error);
  const items = sample.data?.items ?? [];
  return (
    <>
      <Button size="sm" variant="ghost" icon={<Download aria-hidden />} loading={sample.isPending} onClick={() => sample.mutate()}>
        Fetch a sample now
      </Button>
      <div aria-live="polite">
        {failure === null ? null : <p className="wrap-anywhere px-2 text-danger text-sm">{failure}</p>}
        {sample.data !== undefined && failure === null && items.length === 0 ? (
          <p className="px-2 text-fg-subtle text-sm">The list is empty</p>
        ) : null}
        <ul className="flex max-h-44 flex-col gap-0.5 overflow-y-auto">
          {items.map(({ item, key }, index) => {
            const id = `sample ${index}`;
            return (
              <SourceLine key={id} active={chosen === id} onClick={() => onChoose(id, { item })}>
                <span className="truncate font-mono text-xs">{key ?? `item ${index + 1}`}</span>
              </SourceLine>
            );
          })}
        </ul>
      </div>
    </>
  );
}
