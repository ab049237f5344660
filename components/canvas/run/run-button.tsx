"use client";

import { Play } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { useEditor } from "../use-editor.ts";
import type { RunHandle } from "./use-run.ts";

/** Opens the run dialog. */
export function RunButton({ run }: { run: RunHandle }) {
  const empty = useEditor((state) => state.document.nodes.length === 0);
  return (
    <Button
      icon={<Play aria-hidden />}
      loading={run.starting}
      disabledReason={empty ? "There is nothing to run yet: add a trigger" : null}
      onClick={run.openDialog}
      className="max-sm:w-8 max-sm:px-0"
    >
      <span className="max-sm:sr-only">Run</span>
    </Button>
  );
}
