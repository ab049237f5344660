"use client";

import { createContext, use } from "react";
import type { RunHandle } from "./use-run.ts";

export const RunContext = createContext<RunHandle | null>(null);

/** The run of the editor around this component. */
export function useRunHandle(): RunHandle {
  const run = use(RunContext);
  if (run === null) throw new Error("this component must be inside an editor");
  return run;
}
