import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export interface PanelProps extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** No padding around the content: for tables and lists. */
  flush?: boolean;
}

/** A bordered box with an optional heading. */
export function Panel({ title, description, actions, flush = false, className, children, ...rest }: PanelProps) {
  return (
    <section {...rest} className={cn("min-w-0 overflow-hidden rounded-md border bg-bg", className)}>
      {title ? (
        <header className="flex min-h-11 items-center justify-between gap-3 border-b px-4 py-2">
          <div className="min-w-0">
            <h2 className="font-semibold text-base">{title}</h2>
            {description ? <p className="text-fg-muted text-sm">{description}</p> : null}
          </div>
          {actions ? <div className="flex shrink-0 items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={flush ? undefined : "p-4"}>{children}</div>
    </section>
  );
}
