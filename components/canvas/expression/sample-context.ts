"use client";

import { createContext, use } from "react";
import type { SampleScope } from "./sample-scope.ts";

/** The sample data the fields of a panel preview with. */
export const SampleContext = createContext<SampleScope | null>(null);

export function useSample(): SampleScope | null {
  return use(SampleContext);
}
