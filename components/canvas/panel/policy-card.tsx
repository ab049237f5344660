"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { CardCount } from "./card-counts.ts";

export interface PolicyCardProps {
  icon: ReactNode;
  title: string;
  /** What it does now, in one line. */
  summary: string;
  /** Something is set here rather than inherited. */
  own: boolean;
  /** Something in it is wrong. */
  faulty: boolean;
  startOpen?: boolean;
  /** What it did in the last 24 hours. */
  counts?: readonly CardCount[] | undefined;
  children: ReactNode;
}

/** One reliability setting, folded to its summary. Cards stand in the order in which a run passes them. */
export function PolicyCard({ icon, title, summary, own, faulty, startOpen = false, counts = [], children }: PolicyCardProps) {
  const [open, setOpen] = useState(startOpen);
  return (
    <li className="relative pb-2.5 pl-9 last:pb-0 before:absolute before:top-8 before:bottom-0 before:left-[13px] before:w-px before:bg-line last:before:hidden">
      <span
        aria-hidden
        className={cn(
          "absolute top-1 left-0 flex size-7 items-center justify-center rounded-full border bg-bg text-fg-subtle [&_svg]:size-3.5",
          own && "border-fg-subtle text-fg",
          faulty && "border-danger text-danger",
        )}
      >
        {icon}
      </span>
      <section aria-label={title} className={cn("rounded-md border", faulty && "border-danger")}>
        <h2>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="focus-inset flex min-h-9 w-full items-center gap-2 rounded-md px-3 py-1.5 text-left"
          >
            <span className="shrink-0 font-medium">{title}</span>
            <span className="min-w-0 flex-1 truncate text-fg-muted" title={summary}>
              {summary}
            </span>
            {own ? <Badge>set here</Badge> : null}
            <ChevronRight aria-hidden className={cn("size-3.5 shrink-0 text-fg-subtle transition-transform", open && "rotate-90")} />
          </button>
        </h2>
        {counts.length > 0 ? (
          <ul className="-mt-1 flex flex-wrap gap-x-3 px-3 pb-2 text-fg-muted text-sm tabular-nums">
            {counts.map((count) => (
              <Count key={count.text} count={count} />
            ))}
          </ul>
        ) : null}
        {open ? <div className="flex flex-col gap-3 border-t px-3 py-3">{children}</div> : null}
      </section>
    </li>
  );
}

function Count({ count }: { count: CardCount }) {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden className="size-1 rounded-full bg-fg-subtle" />
      <Tooltip content={count.meaning}>
        {count.href === undefined ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what the figure means must be reachable by keyboard
          <span tabIndex={0} className="rounded">
            {count.text}
          </span>
        ) : (
          <Link href={count.href} className="rounded underline decoration-line underline-offset-2 hover:text-fg hover:decoration-current">
            {count.text}
          </Link>
        )}
      </Tooltip>
    </li>
  );
}
