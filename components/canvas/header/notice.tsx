import type { ReactNode } from "react";

/** A quiet line below the header. */
export function Notice({ icon, actions, children }: { icon: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b bg-subtle px-4 py-1.5 [&>svg]:size-4 [&>svg]:shrink-0"
    >
      {icon}
      <p className="min-w-0 flex-1 max-sm:basis-[calc(100%-2rem)]">{children}</p>
      {actions === undefined ? null : <span className="flex flex-wrap items-center gap-2 max-sm:pl-6">{actions}</span>}
    </div>
  );
}
