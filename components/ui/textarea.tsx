import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { controlClass } from "./input.tsx";

/** Several lines of text. Give it a `Field` around it, or an `aria-label`. */
export function Textarea({ className, rows = 3, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} rows={rows} className={cn(controlClass, "resize-y py-1.5 read-only:bg-subtle", className)} />;
}
