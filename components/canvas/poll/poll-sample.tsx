"use client";

import { Download, Play } from "lucide-react";
import { messageOf } from "#components/api/client.ts";
import { keepInput } from "#components/api/test-input.ts";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import type { PollSample } from "#lib/shared/api-types.ts";
import type { RunHandle } from "../run/use-run.ts";
import { usePollSample } from "./use-poll-sample.ts";

/** Fetches what the draft would see, and hands an item of it to a test run. */
export function PollSampleView({ workflowId, nodeId, run }: { workflowId: string; nodeId: string; run: RunHandle }) {
  const sample = usePollSample(workflowId, nodeId, run);
  const fetch = (
    <Button size="sm" icon={<Download aria-hidden />} loading={sample.isPending} onClick={() => sample.mutate()}>
      Fetch a sample
    </Button>
  );
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {fetch}
        <span className="text-fg-subtle text-sm">Asks once, as the draft would. Nothing is kept and no run starts.</span>
      </div>
      <div aria-live="polite" className="empty:hidden">
        {sample.error === null ? null : <Problem>{messageOf(sample.error)}</Problem>}
        {sample.data === undefined ? null : <Found sample={sample.data} workflowId={workflowId} run={run} />}
      </div>
    </div>
  );
}

function Found({ sample, workflowId, run }: { sample: PollSample; workflowId: string; run: RunHandle }) {
  const [first] = sample.items;
  if (sample.error !== null) return <Problem>{sample.error.message}</Problem>;
  if (first === undefined) return <p className="text-fg-muted text-sm">The list is empty just now.</p>;
  const without = sample.items.filter((item) => item.key === null).length;
  const keys = new Set(sample.items.map((item) => item.key));
  const test = () => {
    const input = { item: first.item };
    keepInput(workflowId, JSON.stringify(input, null, 2));
    run.openDialog();
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-fg-muted text-sm">
        {plural(sample.count, "item", "items")} on the {sample.hasMore ? "first page; there are more pages" : "page"}.{" "}
        {first.key === null ? null : (
          <>
            The key of the first is <code className="font-mono text-fg">{first.key}</code>.
          </>
        )}
      </p>
      {without > 0 ? <Problem>{plural(without, "item has", "items have")} no key: the poll would fail.</Problem> : null}
      {without === 0 && keys.size < sample.items.length ? (
        <Problem>Some items have the same key: only the first of them would start a run.</Problem>
      ) : null}
      <JsonView label="first item" value={first.item} expand={1} className="max-h-48" />
      <div>
        <Button size="sm" icon={<Play aria-hidden />} onClick={test}>
          Test with this item
        </Button>
      </div>
    </div>
  );
}

function Problem({ children }: { children: React.ReactNode }) {
  return (
    <p role="alert" className="wrap-anywhere rounded-md bg-failed-tint px-2.5 py-1.5 text-failed text-sm">
      {children}
    </p>
  );
}
