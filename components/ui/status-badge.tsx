import { RotateCw } from "lucide-react";
import { cn } from "./cn.ts";
import { runLooks, type StatusLook, type StatusTone } from "./status.ts";

/** Whole class names, so that Tailwind finds them. */
export const toneClasses: Record<StatusTone, { text: string; tint: string; fill: string }> = {
  succeeded: { text: "text-succeeded", tint: "bg-succeeded-tint", fill: "bg-succeeded" },
  failed: { text: "text-failed", tint: "bg-failed-tint", fill: "bg-failed" },
  dead: { text: "text-dead", tint: "bg-dead-tint", fill: "bg-dead" },
  retrying: { text: "text-retrying", tint: "bg-retrying-tint", fill: "bg-retrying" },
  running: { text: "text-running", tint: "bg-running-tint", fill: "bg-running" },
  waiting: { text: "text-waiting", tint: "bg-waiting-tint", fill: "bg-waiting" },
  queued: { text: "text-queued", tint: "bg-queued-tint", fill: "bg-queued" },
  duplicate: { text: "text-duplicate", tint: "bg-duplicate-tint", fill: "bg-duplicate" },
  canceled: { text: "text-canceled", tint: "bg-canceled-tint", fill: "bg-canceled" },
  canary: { text: "text-canary", tint: "bg-canary-tint", fill: "bg-canary" },
};

/** The icon of a status, coloured; decorative, so put the word nearby. */
export function StatusIcon({ look, className }: { look: StatusLook; className?: string }) {
  const Icon = look.icon;
  const retried = look === runLooks["succeeded-after-retries"];
  return (
    <span aria-hidden className={cn("relative inline-flex size-3.5 shrink-0", toneClasses[look.tone].text, className)}>
      <Icon className={cn("size-full", look.moving && "pulse-icon")} />
      {retried ? <RotateCw className="absolute -right-1 -bottom-1 size-2.5 rounded-full bg-bg text-retrying" strokeWidth={3} /> : null}
    </span>
  );
}

export interface StatusBadgeProps {
  /** From `lookOfRun`, `lookOfStep`, or a table of status.ts. */
  look: StatusLook;
  /** Without the tint, for dense lists. */
  plain?: boolean;
  className?: string;
}

/** Icon, word and colour of a status. */
export function StatusBadge({ look, plain = false, className }: StatusBadgeProps) {
  const tone = toneClasses[look.tone];
  return (
    <span
      title={look.meaning}
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium text-sm",
        tone.text,
        plain ? null : ["h-5.5 rounded-full pr-2 pl-1.5", tone.tint],
        className,
      )}
    >
      <StatusIcon look={look} />
      {look.label}
    </span>
  );
}
