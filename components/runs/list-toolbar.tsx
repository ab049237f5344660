"use client";

import { ArrowUp, Download, Pause, Play } from "lucide-react";
import { urlOf } from "#components/api/client.ts";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import type { RunFilter } from "./filter.ts";
import { toRunsQuery } from "./filter.ts";

/** Live or paused; while paused the list stands still. */
export function LiveToggle({ live, onLiveChange }: { live: boolean; onLiveChange: (live: boolean) => void }) {
  return (
    <Button
      size="sm"
      title={live ? "New runs are counted and rows are kept up to date" : "The list stands still"}
      icon={live ? <Pause aria-hidden /> : <Play aria-hidden />}
      onClick={() => onLiveChange(!live)}
    >
      <span className="max-sm:sr-only">{live ? "Live: pause" : "Paused: go live"}</span>
    </Button>
  );
}

/** The server writes the file while it reads the runs; at most 100,000. */
export function ExportMenu({ filter }: { filter: RunFilter }) {
  const save = (format: "csv" | "jsonl") => {
    const link = document.createElement("a");
    link.href = urlOf("/runs/export", { ...toRunsQuery(filter, Date.now()), format });
    link.download = `runs.${format}`;
    link.click();
  };
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClass({ size: "sm" })}>
          <Download aria-hidden className="text-fg-subtle" />
          <span className="max-sm:sr-only">Export</span>
        </button>
      }
      entries={[
        { type: "heading", label: "The newest 100,000 that match" },
        { label: "As CSV", onSelect: () => save("csv") },
        { label: "As JSON, one run a line", onSelect: () => save("jsonl") },
      ]}
    />
  );
}

/** New rows wait behind this instead of moving the list. */
export function NewRuns({ fresh, more, onShow }: { fresh: number; more: boolean; onShow: () => void }) {
  if (fresh === 0) return null;
  return (
    <div className="sticky top-11 z-10 flex justify-center border-t bg-accent-tint md:top-0">
      <button
        type="button"
        onClick={onShow}
        className="focus-inset flex h-8 w-full items-center justify-center gap-1.5 font-medium text-accent-text"
      >
        <ArrowUp aria-hidden className="size-3.5" />
        Show {more ? `${formatCount(fresh)}+ new runs` : plural(fresh, "new run")}
      </button>
    </div>
  );
}
