"use client";

import { CircleCheck, CircleX, ScanEye } from "lucide-react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatCount } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import { useSamples } from "../expression/sample-context.ts";
import { oneLine } from "../one-line.ts";
import { Cells } from "./field-cells.tsx";
import { type FieldCounts, refusedFirst } from "./field-counts.ts";

/** How many samples a field lets pass and refuses, and the first value that it refuses. */
export function CountCells({ counts }: { counts: FieldCounts }) {
  const [first] = counts.refused;
  const [any] = counts.tries;
  if (any?.preview.state === "unfinished") return <Cells preview={any.preview} />;
  return (
    <span className="col-span-3 flex min-w-0 items-center gap-2.5 text-sm tabular-nums">
      <span className={cn("flex shrink-0 items-center gap-1", counts.passes > 0 ? "text-succeeded" : "text-fg-subtle")}>
        <CircleCheck aria-hidden className="size-3.5" />
        {formatCount(counts.passes)}
      </span>
      <span className={cn("flex shrink-0 items-center gap-1", first === undefined ? "text-fg-subtle" : "text-danger")}>
        <CircleX aria-hidden className="size-3.5" />
        {formatCount(counts.refused.length)}
      </span>
      {first === undefined ? null : (
        <span className="min-w-0 truncate text-danger text-xs" title={`${beforeText(first.preview.before)}: ${first.preview.reason}`}>
          <span className="font-mono">{beforeText(first.preview.before)}</span> {first.preview.reason}
        </span>
      )}
    </span>
  );
}

/** The same in words, for those who do not see the columns. */
export function countWords({ tries, passes, refused }: FieldCounts): string {
  const [any] = tries;
  const [first] = refused;
  if (any?.preview.state === "unfinished") return any.preview.reason;
  const why = first === undefined ? "" : `, first ${beforeText(first.preview.before)}: ${first.preview.reason}`;
  return `${formatCount(passes)} pass, ${formatCount(refused.length)} refused${why}`;
}

function beforeText(before: Parameters<typeof oneLine>[0] | undefined): string {
  return before === undefined ? "undefined" : oneLine(before, 80);
}

/** Each sample before and after, what is refused on top. A run can be made the one that all previews are of. */
export function FieldTries({ counts }: { counts: FieldCounts }) {
  const many = useSamples();
  if (many === null || counts.tries.length === 0) return null;
  const choose = (id: string) => {
    many.choose(id);
    many.setOn(false);
  };
  return (
    <ul aria-label="Samples" className="max-h-52 overflow-y-auto rounded-md border bg-bg py-1">
      {refusedFirst(counts.tries).map(({ sample, preview }) => (
        <li
          key={sample.id}
          className="grid min-h-7 grid-cols-[4.5rem_minmax(0,1fr)_14px_minmax(0,1fr)_1.5rem] items-center gap-x-1.5 pr-1 pl-2"
        >
          {sample.at === null ? (
            <span className="truncate text-fg-muted text-sm tabular-nums">item {sample.index}</span>
          ) : (
            <Time at={sample.at} className="truncate text-fg-muted text-sm" />
          )}
          <Cells preview={preview} />
          {sample.at === null ? null : (
            <IconButton
              label="Preview everything with this run"
              icon={<ScanEye aria-hidden />}
              className="size-6"
              onClick={() => choose(sample.id)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
