"use client";

import { ChevronRight, Wrench } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { announce } from "#components/ui/live-region.ts";
import { helpFor, type ProblemHelp } from "#lib/graph/reliability.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

/** Why it matters, on demand, and the click that mends it. Both are one entry of undo away from gone. */
export function ProblemHelpRow({ problem }: { problem: DocumentProblem }) {
  const store = useEditorStore();
  const help = useEditor((state) => helpOf(state.document, problem));
  const readOnly = useEditor((state) => state.readOnly);
  const [told, setTold] = useState(false);
  if (help === null) return null;
  const { why, mend } = help;
  const apply = () => {
    if (mend === null) return;
    store.getState().apply(mend.label, mend.apply);
    announce(`Done: ${mend.label}. Undo takes it back.`);
  };
  return (
    <div className="pr-2 pb-1.5 pl-7.5">
      <div className="flex flex-wrap items-center gap-1">
        <Button variant="ghost" size="sm" className="-ml-2" aria-expanded={told} onClick={() => setTold(!told)}>
          <ChevronRight aria-hidden className={cn("transition-transform duration-100", told && "rotate-90")} />
          Why
        </Button>
        {mend === null || readOnly ? null : (
          <Button variant="ghost" size="sm" icon={<Wrench aria-hidden />} className="text-accent" onClick={apply}>
            {mend.label}
          </Button>
        )}
      </div>
      {told ? <p className="pt-0.5 pb-1 text-fg-muted text-sm">{why}</p> : null}
    </div>
  );
}

/** Kept by document, so that reading it from the store gives the same object until something is edited. */
const helps = new WeakMap<object, Map<string, ProblemHelp | null>>();

function helpOf(document: Parameters<typeof helpFor>[0], problem: DocumentProblem): ProblemHelp | null {
  const known = helps.get(document) ?? new Map<string, ProblemHelp | null>();
  helps.set(document, known);
  const key = `${problem.rule} ${problem.path}`;
  const help = known.get(key) ?? helpFor(document, problem);
  known.set(key, help);
  return help;
}
