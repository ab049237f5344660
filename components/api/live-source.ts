import type { StreamMessage } from "#lib/shared/stream-message.ts";

const kinds = ["run", "issue", "workflow", "redrive", "run-batch", "approval", "alert", "presence"] as const;

const reconnectMs = 5_000;
/** The server beats every 15 s: a stream that is silent for longer than this only looks open. */
const silentMs = 40_000;
const lookMs = 5_000;

export interface SourceHandlers {
  onOpen: () => void;
  onLost: () => void;
  onMessage: (message: StreamMessage) => void;
}

function isStreamMessage(value: unknown): value is StreamMessage {
  return typeof value === "object" && value !== null && "kind" in value && "ids" in value && kinds.some((kind) => kind === value.kind);
}

/**
 * Keeps GET /api/v1/stream open until the returned function is called. An EventSource comes back by itself after most losses; this one
 * also does after an answer that was no stream (a restart, a proxy's error page), and when nothing is heard any more of a connection that
 * nobody has closed (a laptop that slept, a network that was changed).
 */
export function openLiveSource({ onOpen, onLost, onMessage }: SourceHandlers): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let heardAt = Date.now();
  const heard = () => {
    heardAt = Date.now();
  };
  const open = () => {
    timer = null;
    heard();
    source = new EventSource("/api/v1/stream");
    source.onopen = () => {
      heard();
      onOpen();
    };
    source.onmessage = (event: MessageEvent<string>) => {
      heard();
      const message: unknown = JSON.parse(event.data);
      if (isStreamMessage(message)) onMessage(message);
    };
    source.addEventListener("beat", heard);
    source.onerror = () => {
      onLost();
      if (source.readyState === EventSource.CLOSED) timer ??= setTimeout(open, reconnectMs);
    };
  };
  open();
  const watch = setInterval(() => {
    if (timer !== null || Date.now() - heardAt < silentMs) return;
    onLost();
    source.close();
    open();
  }, lookMs);
  return () => {
    clearInterval(watch);
    if (timer !== null) clearTimeout(timer);
    source.close();
  };
}
