"use client";

import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import { Popover } from "#components/ui/popover.tsx";
import { useEditor } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { ProblemList, usePrefetchedHelp } from "./problem-list.tsx";

/** How many problems there are; opens the list of them. */
export function ProblemsButton({ panel }: { panel: PanelState }) {
  const problems = useEditor((state) => state.problems);
  const [open, setOpen] = useState(false);
  usePrefetchedHelp();
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const label =
    problems.length === 0
      ? "No problems"
      : [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(", ");
  return (
    <Popover
      label="Problems"
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="max-h-[28rem] w-[26rem] overflow-y-auto p-1"
      trigger={
        <Button variant="ghost" size="sm" aria-label={label} className={cn("gap-2.5 px-1.5", problems.length === 0 && "max-sm:hidden")}>
          {problems.length === 0 ? <CircleCheck aria-hidden className="text-fg-subtle" /> : null}
          {errors > 0 ? (
            <span className="flex items-center gap-1 text-danger tabular-nums">
              <CircleAlert aria-hidden /> {errors}
            </span>
          ) : null}
          {warnings > 0 ? (
            <span className="flex items-center gap-1 text-retrying tabular-nums">
              <TriangleAlert aria-hidden /> {warnings}
            </span>
          ) : null}
        </Button>
      }
    >
      <ProblemList problems={problems} panel={panel} onDone={() => setOpen(false)} />
    </Popover>
  );
}
