import { CircleCheck, CircleX } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import { intoView } from "#components/ui/into-view.ts";
import type { ConnectionTest } from "#lib/shared/api-types.ts";

/** How a try went. */
export function TestResult({ test }: { test: ConnectionTest }) {
  const Icon = test.ok ? CircleCheck : CircleX;
  return (
    <p
      role="status"
      ref={intoView}
      className={cn(
        "flex items-start gap-2 rounded-md px-3 py-2",
        test.ok ? "bg-succeeded-tint text-succeeded" : "bg-failed-tint text-failed",
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <span className="font-medium">{test.ok ? "It works" : "It does not work"}</span>: {test.message}
      </span>
    </p>
  );
}
