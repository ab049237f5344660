import { cn } from "./cn.ts";

/** How much of a known amount is done. */
export function Progress({ value, max, label, className }: { value: number; max: number; label: string; className?: string }) {
  const percent = max === 0 ? 100 : Math.min(100, (value / max) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={max}
      className={cn("h-1.5 overflow-hidden rounded-full bg-muted", className)}
    >
      <div className="h-full bg-accent transition-[width] duration-150" style={{ width: `${percent}%` }} />
    </div>
  );
}
