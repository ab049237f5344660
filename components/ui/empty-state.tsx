import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** One sentence: what will appear here, or why nothing matches. */
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** Nothing here: because new (one primary action), or because filtered ("Clear filters"). */
export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-16 text-center", className)}>
      {icon ? (
        <span aria-hidden className="mb-3 flex size-9 items-center justify-center rounded-md border text-fg-subtle [&_svg]:size-4">
          {icon}
        </span>
      ) : null}
      <p className="font-medium text-fg">{title}</p>
      {children ? <div className="mt-1 max-w-md text-fg-muted">{children}</div> : null}
      {actions ? <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}
