import type { ReactNode } from "react";

export interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  /** Above the title: where this page hangs. */
  breadcrumb?: ReactNode;
  actions?: ReactNode;
}

/** The one `h1` of a page, with its actions on the right. */
export function PageHeader({ title, description, breadcrumb, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-5 pb-4 md:px-6">
      <div className="min-w-0">
        {breadcrumb ? <div className="mb-0.5 text-fg-muted text-sm">{breadcrumb}</div> : null}
        <h1 className="truncate font-semibold text-xl">{title}</h1>
        {description ? <p className="mt-0.5 text-fg-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
