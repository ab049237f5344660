"use client";

import { ArrowUpFromDot, Ban, RotateCcw, X } from "lucide-react";
import { useDenied } from "#components/api/session.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import type { BulkAction } from "./bulk.ts";

interface SelectionBarProps {
  selected: number;
  /** All rows shown are selected. */
  page: boolean;
  /** Everything that matches is meant, not only what is shown. */
  everything: boolean;
  /** How many match; null: not known. */
  matching: { total: number; complete: boolean } | null;
  onEverything: () => void;
  onAct: (action: BulkAction) => void;
  onClear: () => void;
}

function countOf(matching: SelectionBarProps["matching"]): string {
  if (matching === null) return "";
  return `${formatCount(matching.total)}${matching.complete ? "" : "+"} `;
}

/** What is selected and what can be done with it. From the page to all that matches in one more click. */
export function SelectionBar(props: SelectionBarProps) {
  const { selected, page, everything, matching, onEverything, onAct, onClear } = props;
  const denied = useDenied("runs:write");
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-0 z-10 flex flex-wrap items-center gap-2 border-t bg-bg px-4 py-2 shadow-float md:px-6"
    >
      <p role="status" className="mr-2 font-medium tabular-nums">
        {everything ? `All ${countOf(matching)}matching runs selected` : `${plural(selected, "run")} selected`}
      </p>
      {page && !everything && (matching === null || !matching.complete || matching.total > selected) ? (
        <Button
          size="sm"
          variant="ghost"
          className="text-accent-text"
          disabledReason={matching === null ? "How many match is not known with a payload filter" : null}
          onClick={onEverything}
        >
          Select all {countOf(matching)}matching
        </Button>
      ) : null}
      <span className="ml-auto flex items-center gap-2">
        <Button size="sm" icon={<RotateCcw aria-hidden />} disabledReason={denied} onClick={() => onAct("replay")}>
          Replay…
        </Button>
        <Button size="sm" icon={<ArrowUpFromDot aria-hidden />} disabledReason={denied} onClick={() => onAct("move")}>
          Move…
        </Button>
        <Button size="sm" variant="danger" icon={<Ban aria-hidden />} disabledReason={denied} onClick={() => onAct("cancel")}>
          Cancel…
        </Button>
        <IconButton label="Clear the selection" icon={<X aria-hidden />} onClick={onClear} />
      </span>
    </section>
  );
}
