"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { StreamMessage } from "#lib/shared/api-types.ts";

export type StreamState = "connecting" | "live" | "lost";

const gatherMs = 250;
const kinds = ["run", "issue", "workflow"] as const;

/** First parts of the query keys that a change of each kind touches. */
const touched: Record<StreamMessage["kind"], readonly string[]> = {
  run: ["runs", "run", "step", "workflows"],
  issue: ["issues", "issue", "issue-counts", "dead-letters", "dead-letter", "run"],
  workflow: ["workflows", "workflow"],
};

let state: StreamState = "connecting";
const stateListeners = new Set<() => void>();
const messageListeners = new Set<(message: StreamMessage) => void>();

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

/** Calls back for every change message: for what wants to know more than "fetch again". */
export function useStreamMessages(onMessage: (message: StreamMessage) => void): void {
  useEffect(() => {
    messageListeners.add(onMessage);
    return () => {
      messageListeners.delete(onMessage);
    };
  }, [onMessage]);
}

function isStreamMessage(value: unknown): value is StreamMessage {
  return typeof value === "object" && value !== null && "kind" in value && "ids" in value && kinds.some((kind) => kind === value.kind);
}

/** Of the queries keyed by one id only those whose id changed; lists always. */
function isTouched(key: readonly unknown[], changed: Map<StreamMessage["kind"], Set<string>>): boolean {
  const [name, id] = key;
  for (const [kind, ids] of changed) {
    if (!touched[kind].some((each) => each === name)) continue;
    const keyedById = name === "run" || name === "step" || name === "issue" || name === "workflow";
    if (!keyedById || kind === "issue" || (typeof id === "string" && ids.has(id))) return true;
  }
  return false;
}

function makeGatherer(client: QueryClient) {
  let changed = new Map<StreamMessage["kind"], Set<string>>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    const batch = changed;
    changed = new Map();
    timer = null;
    void client.invalidateQueries({ predicate: (query) => isTouched(query.queryKey, batch) });
  };
  return {
    add(message: StreamMessage) {
      const ids = changed.get(message.kind) ?? new Set<string>();
      for (const id of message.ids) ids.add(id);
      changed.set(message.kind, ids);
      timer ??= setTimeout(flush, gatherMs);
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
    const source = new EventSource("/api/v1/stream");
    const gatherer = makeGatherer(client);
    let wasLost = false;
    const onMessage = (event: MessageEvent<string>) => {
      const message: unknown = JSON.parse(event.data);
      if (!isStreamMessage(message)) return;
      gatherer.add(message);
      for (const listener of messageListeners) listener(message);
    };
    source.onopen = () => {
      setState("live");
      // What changed while nobody listened is not told again.
      if (wasLost) void client.invalidateQueries();
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      setState("lost");
    };
    source.onmessage = onMessage;
    for (const kind of kinds) source.addEventListener(kind, onMessage);
    return () => {
      source.close();
      gatherer.stop();
      setState("connecting");
    };
  }, [client]);
}
