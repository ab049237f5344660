"use client";

import { Check, CloudOff, GitCompareArrows, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";
import { formatClock } from "#components/ui/format.ts";
import { usePreferences, useZone } from "#components/ui/preferences.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { Time } from "#components/ui/time.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { hasUnsaved, type SaveState } from "../autosave-state.ts";

const quiet = "text-fg-subtle";

interface Words {
  text: string;
  meaning: string;
  icon: ReactNode;
  tone: string;
  saved?: boolean;
}

function wordsOf(state: SaveState): Words {
  // Another try after a failed one is no news until it succeeds.
  const phase = state.phase === "saving" && state.failures > 0 ? "offline" : state.phase;
  switch (phase) {
    case "saving":
      return { text: "Saving…", meaning: "The draft is on its way to the server", icon: <Spinner />, tone: quiet };
    case "dirty":
      return { text: "Unsaved edits", meaning: "Saved as soon as you pause; Ctrl S saves at once", icon: null, tone: quiet };
    case "offline":
      return {
        text: "Offline, kept in this browser",
        meaning: "The server cannot be reached. Your edits are safe here and are saved when it is back.",
        icon: <CloudOff aria-hidden />,
        tone: "text-retrying",
      };
    case "conflict":
      return {
        text: "Conflict",
        meaning: "Somebody, or another tab, saved this draft meanwhile. Nothing was overwritten.",
        icon: <GitCompareArrows aria-hidden />,
        tone: "text-failed",
      };
    case "rejected":
      return {
        text: "Not saved, kept in this browser",
        meaning: state.reason ?? "The server did not accept the draft",
        icon: <TriangleAlert aria-hidden />,
        tone: "text-failed",
      };
    case "idle":
    case "saved":
      return {
        text: "Saved",
        saved: true,
        meaning: "The draft is on the server. What is live changes only when you publish.",
        icon: <Check aria-hidden />,
        tone: quiet,
      };
  }
}

interface SaveStatusProps {
  state: SaveState;
  updatedAt: string;
  /** The header is full: where it is narrow, a draft that is saved shows its mark alone. */
  terse?: boolean;
}

/** Whether the draft is safe, in words, always visible; of a saved one also when, to the second. */
export function SaveStatus({ state, updatedAt, terse = false }: SaveStatusProps) {
  const zone = useZone();
  const { hour12 } = usePreferences();
  const at = state.savedAt ?? updatedAt;
  const time = formatClock(Date.parse(at), zone, hour12);
  const words = wordsOf(state);
  return (
    <span
      role="status"
      aria-label={`Draft: ${words.saved ? `${words.text} ${time}` : words.text}`}
      data-unsaved={hasUnsaved(state) ? "" : undefined}
      className={cn(
        "flex min-w-0 items-center gap-1 whitespace-nowrap text-sm tabular-nums [&_svg]:size-3 [&_svg]:shrink-0",
        words.tone,
        words.tone === quiet && "max-sm:shrink-0",
      )}
    >
      <Tooltip content={words.meaning} side="bottom">
        <span className="flex min-w-0 items-center gap-1">
          {words.icon}
          <span className={cn("truncate", words.tone === quiet && (terse ? "max-xl:sr-only" : "max-sm:sr-only"))}>{words.text}</span>
        </span>
      </Tooltip>
      {words.saved ? (
        <Time at={at} className={terse ? "max-xl:hidden" : "max-sm:hidden"}>
          {time}
        </Time>
      ) : null}
    </span>
  );
}
