"use client";

import { plural } from "#components/ui/format.ts";
import { useEditor } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { ProblemList } from "./problem-list.tsx";

/** How many problems keep the draft from being run or published. */
export function useBlockingCount(): number {
  return useEditor((state) => state.problems.filter(({ severity }) => severity === "error").length);
}

/** The problems that keep the draft from being run or published; a click leaves for the setting. */
export function BlockingProblems({ panel, onLeave }: { panel: PanelState; onLeave: () => void }) {
  const problems = useEditor((state) => state.problems);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return null;
  return (
    <section aria-label="Problems" className="rounded-md border border-danger">
      <h3 className="px-3 pt-2 font-medium text-danger">{plural(errors.length, "problem has", "problems have")} to be mended first</h3>
      <div className="max-h-48 overflow-y-auto p-1">
        <ProblemList problems={errors} panel={panel} onDone={onLeave} />
      </div>
    </section>
  );
}
