"use client";

import { CheckCheck, Gauge, Hash, Inbox, type LucideIcon, OctagonX, RotateCw } from "lucide-react";
import { memo } from "react";
import { cn } from "#components/ui/cn.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { chipRowHeight } from "../geometry.ts";
import { type Chip, type ChipKind, chipsOf } from "../policy-summary.ts";

const chipIcons: Record<ChipKind, LucideIcon> = {
  throttle: Gauge,
  idempotency: Hash,
  validate: CheckCheck,
  retry: RotateCw,
  onFailure: OctagonX,
};

/** The reliability settings of a node, readable on the canvas. Those set here stand out, defaults are quiet. */
export const StepChips = memo(function StepChips({ node }: { node: WorkflowNode }) {
  const chips = chipsOf(node);
  if (chips.length === 0) return null;
  return (
    <div style={{ height: chipRowHeight }} className="flex items-center gap-1 overflow-hidden px-2.5 pb-1.5">
      {chips.map((chip) => (
        <ChipView key={chip.kind} chip={chip} />
      ))}
    </div>
  );
});

function ChipView({ chip }: { chip: Chip }) {
  const Icon = chip.kind === "onFailure" && chip.text === "dead letter" ? Inbox : chipIcons[chip.kind];
  const meaning = chip.own ? chip.meaning : `${chip.meaning} (default)`;
  return (
    <span
      data-hint={meaning}
      className={cn(
        "inline-flex h-5 min-w-0 shrink-0 items-center gap-1 rounded px-1 text-xs",
        chip.own ? "bg-muted text-fg" : "text-fg-subtle",
        chip.kind === "idempotency" && "min-w-11 shrink font-mono",
      )}
    >
      <Icon aria-hidden className="size-3 shrink-0" />
      {/* Where the usual thing happens to failures, the icon says enough. */}
      {chip.kind === "onFailure" && !chip.own ? null : <span className="truncate">{chip.text}</span>}
      <span className="sr-only">{meaning}</span>
    </span>
  );
}
