"use client";

import { createContext, use } from "react";
import type { NamedSample } from "./many-samples.ts";
import type { SampleScope } from "./sample-scope.ts";

/** The sample data the fields of a panel preview with. */
export const SampleContext = createContext<SampleScope | null>(null);

export function useSample(): SampleScope | null {
  return use(SampleContext);
}

/** Several samples at once, for what can be tried with all of them. */
export interface ManySamples {
  on: boolean;
  setOn(on: boolean): void;
  /** What the samples are: the last runs, or the items of a loop in the run at hand. */
  of: "runs" | "items";
  /** How many of them there are to try. */
  available: number;
  samples: readonly NamedSample[];
  /** Runs that are left out: they did not get far enough to tell. */
  left: number;
  loading: boolean;
  error: Error | null;
  /** Makes a run the sample that everything else in the panel works with. */
  choose(runId: string): void;
}

export const ManySamplesContext = createContext<ManySamples | null>(null);

export function useSamples(): ManySamples | null {
  return use(ManySamplesContext);
}
