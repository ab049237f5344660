import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export const controlClass =
  "w-full rounded-md border border-control bg-bg px-2.5 text-base text-fg placeholder:text-fg-subtle transition-colors duration-100 hover:border-fg-subtle focus:border-accent focus:outline-2 focus:outline-accent/30 focus:outline-offset-0 disabled:bg-muted disabled:text-fg-muted aria-invalid:border-danger aria-invalid:focus:outline-danger/30";

/** A one-line text field. Give it a `Field` around it, or an `aria-label`. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cn(controlClass, "h-8 read-only:bg-subtle", className)} />;
}

/** An input with something small at its start, like a search icon. */
export function InputWithIcon({ icon, className, ...rest }: ComponentProps<"input"> & { icon: ReactNode }) {
  return (
    <span className={cn("relative block", className)}>
      <span aria-hidden className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-fg-subtle [&_svg]:size-3.5">
        {icon}
      </span>
      <Input {...rest} className="pl-8" />
    </span>
  );
}
