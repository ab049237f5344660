"use client";

import { createContext, use } from "react";

/** The field that a click on a value writes to: the expression field that had the keyboard last. */
export interface FieldTarget {
  label: string;
  insertPath(path: string): void;
}

export interface FieldTargetValue {
  target: FieldTarget | null;
  setTarget(target: FieldTarget | null | ((current: FieldTarget | null) => FieldTarget | null)): void;
}

export const FieldTargetContext = createContext<FieldTargetValue | null>(null);

/** Null outside of a panel that shows data. */
export function useFieldTarget(): FieldTargetValue | null {
  return use(FieldTargetContext);
}
