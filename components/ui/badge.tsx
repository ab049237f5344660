import { cva } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const badgeClass = cva("inline-flex h-5 items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-sm [&_svg]:size-3", {
  variants: {
    tone: {
      neutral: "bg-muted text-fg-muted",
      accent: "bg-accent-tint text-accent-text",
      green: "bg-succeeded-tint text-succeeded",
      red: "bg-failed-tint text-failed",
      rose: "bg-dead-tint text-dead",
      amber: "bg-retrying-tint text-retrying",
      violet: "bg-waiting-tint text-waiting",
      fuchsia: "bg-canary-tint text-canary",
    },
  },
  defaultVariants: { tone: "neutral" },
});

export type BadgeTone = "neutral" | "accent" | "green" | "red" | "rose" | "amber" | "violet" | "fuchsia";

/** A small label. For the status of a run, step, issue or dead letter use `StatusBadge`. */
export function Badge({ tone, className, ...rest }: ComponentProps<"span"> & { tone?: BadgeTone }) {
  return <span {...rest} className={cn(badgeClass({ tone }), className)} />;
}
