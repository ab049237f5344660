import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Short facts about a thing, in a row that wraps. Facts without a value are left out. */
export function Facts({ facts, className }: { facts: readonly (Fact | null | false)[]; className?: string }) {
  return (
    <dl className={cn("flex flex-wrap gap-x-6 gap-y-2", className)}>
      {facts.map((fact) =>
        fact ? (
          <div key={fact.name} className="min-w-0">
            <dt className="text-fg-subtle text-xs">{fact.name}</dt>
            <dd className="flex min-h-6 min-w-0 items-center">{fact.value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
