import { cn } from "./cn.ts";

/** Keys to press: `Ctrl K`, `g w`. Each word is one key. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-0.5", className)}>
      {keys.split(" ").map((key) => (
        <kbd key={key} className="min-w-4 rounded border bg-muted px-1 text-center font-sans text-fg-muted text-xs leading-4">
          {key}
        </kbd>
      ))}
    </span>
  );
}
