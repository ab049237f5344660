"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { StreamMessage } from "#lib/shared/stream-message.ts";
import { openLiveSource } from "./live-source.ts";

export type StreamState = "connecting" | "live" | "lost";

/** First parts of the query keys that a change of each kind touches. */
const touched: Record<StreamMessage["kind"], readonly string[]> = {
  run: ["runs", "run", "step", "workflows", "events"],
  issue: ["issues", "issue", "issue-counts", "dead-letters", "dead-letter", "run"],
  workflow: ["workflows", "workflow"],
  redrive: ["redrives", "redrive"],
  "run-batch": ["run-batches", "run-batch"],
  approval: ["approvals", "approval", "approval-counts", "run"],
  alert: ["alerts", "alert-rules", "alert-channels"],
  presence: ["presence"],
};

let state: StreamState = "connecting";
const stateListeners = new Set<() => void>();

function setState(next: StreamState) {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Whether live changes arrive, for the small sign in the shell. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
    () => "connecting",
  );
}

type Changes = Map<StreamMessage["kind"], Set<string>>;

/** Details are fetched again soon; lists, which any of a thousand runs changes, less often. */
const detailMs = 250;
const listMs = 1_500;
const details = new Set(["run", "step", "issue", "workflow", "dead-letter", "redrive", "run-batch", "presence"]);

function isTouched(key: readonly unknown[], changes: Changes, wanted: "detail" | "list"): boolean {
  const [name, id] = key;
  if (typeof name !== "string" || details.has(name) !== (wanted === "detail")) return false;
  for (const [kind, ids] of changes) {
    if (!touched[kind].includes(name)) continue;
    // These are named by the id they are keyed with; the others may belong to a changed one.
    const named = (name === "run" || name === "step") && kind === "run" ? true : name === "workflow" || name === "presence";
    if (!named || (typeof id === "string" && ids.has(id))) return true;
  }
  return false;
}

/** Gathers what changed for a while, then fetches again what is on the screen of it. */
function makeGatherer(client: QueryClient, wanted: "detail" | "list", waitMs: number) {
  let changes: Changes = new Map();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    const batch = changes;
    changes = new Map();
    timer = null;
    void client.invalidateQueries({ predicate: (query) => isTouched(query.queryKey, batch, wanted) });
  };
  return {
    add(message: StreamMessage) {
      const ids = changes.get(message.kind) ?? new Set<string>();
      for (const id of message.ids) ids.add(id);
      changes.set(message.kind, ids);
      timer ??= setTimeout(flush, waitMs);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Keeps GET /api/v1/stream open and fetches again what it says has changed. Once, in the shell. */
export function useStream(): void {
  const client = useQueryClient();
  useEffect(() => {
    const gatherers = [makeGatherer(client, "detail", detailMs), makeGatherer(client, "list", listMs)];
    let wasOpen = false;
    const close = openLiveSource({
      onOpen: () => {
        setState("live");
        // What changed while nobody listened is not told again. The first time that is what was fetched before.
        void client.invalidateQueries(wasOpen ? {} : { predicate: (query) => query.state.fetchStatus === "idle" });
        wasOpen = true;
      },
      onLost: () => setState("lost"),
      onMessage: (message) => {
        for (const gatherer of gatherers) gatherer.add(message);
      },
    });
    return () => {
      close();
      for (const gatherer of gatherers) gatherer.stop();
      setState("connecting");
    };
  }, [client]);
}
