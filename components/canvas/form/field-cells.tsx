import { ArrowRight, CircleX } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { oneLine } from "../one-line.ts";
import type { FieldPreview } from "./field-preview.ts";

/** Before, an arrow, after; what is refused says why in the place of its result. */
export function Cells({ preview }: { preview: FieldPreview | null }) {
  if (preview === null) return null;
  if (preview.state === "unfinished") return <span className="col-span-3 truncate text-fg-subtle text-sm">{preview.reason}</span>;
  const refused = preview.state === "refused";
  return (
    <>
      <Value value={preview.before} className="text-fg-muted" />
      {refused ? <CircleX aria-hidden className="size-3.5 text-danger" /> : <ArrowRight aria-hidden className="size-3.5 text-fg-subtle" />}
      {refused ? (
        <span className="line-clamp-2 text-danger text-xs" title={preview.reason}>
          {preview.reason}
        </span>
      ) : (
        <Value value={preview.after} className={same(preview) ? "text-fg-muted" : "text-succeeded"} />
      )}
    </>
  );
}

function Value({ value, className }: { value: JsonValue | undefined; className: string }) {
  if (value === undefined) return <span className="truncate text-fg-subtle text-sm">undefined</span>;
  return (
    <span className={cn("truncate font-mono text-sm", className)} title={oneLine(value, 2_000)}>
      {oneLine(value, 120)}
    </span>
  );
}

function same(preview: Extract<FieldPreview, { state: "passes" }>): boolean {
  return JSON.stringify(preview.before ?? null) === JSON.stringify(preview.after);
}

/** The same in words, for those who do not see the columns. */
export function previewWords(preview: FieldPreview | null): string {
  if (preview === null) return "no sample";
  if (preview.state === "unfinished") return preview.reason;
  const before = preview.before === undefined ? "undefined" : oneLine(preview.before, 80);
  return preview.state === "refused" ? `${before} is refused: ${preview.reason}` : `${before} becomes ${oneLine(preview.after, 80)}`;
}
