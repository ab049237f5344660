import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { Subscriber } from "#lib/engine/ledger/run-listener.ts";
import type { StreamMessage } from "#lib/shared/stream-message.ts";
import { type StreamOptions, streamChanges } from "./stream.ts";

/** A stream of its own, with the listener in the test's hands. */
function open(options: Partial<StreamOptions> = {}) {
  const subscribers = new Set<Subscriber>();
  const subscribe = (_workspaceId: string, subscriber: Subscriber) => {
    subscribers.add(subscriber);
    return () => void subscribers.delete(subscriber);
  };
  const usual: StreamOptions = {
    listener: { subscribe },
    workspaceId: "w",
    isAllowed: () => Promise.resolve(true),
    shutdown: new AbortController().signal,
    ...options,
  };
  const answer = new Hono().get("/", (c) => streamChanges(c, usual)).request("/");
  const tell = (message: StreamMessage) => {
    for (const { onChange } of subscribers) onChange(message);
  };
  return { answer, subscribers, tell };
}

/** Reads until so many ids were told. */
async function readMessages(reader: ReadableStreamDefaultReader<Uint8Array>, idCount: number): Promise<StreamMessage[]> {
  let text = "";
  for (;;) {
    const lines = text.split("\n").filter((line) => line.startsWith("data: ") && line.endsWith("}"));
    const messages = lines.map((line): StreamMessage => JSON.parse(line.slice("data: ".length)));
    if (messages.flatMap((message) => message.ids).length >= idCount) return messages;
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after ${messages.length} messages`);
    text += new TextDecoder().decode(value);
  }
}

describe("a stream of changes", () => {
  it("gathers what changes meanwhile, each id once, in messages of bounded size", async () => {
    const stream = open();
    const reader = (await stream.answer).body?.getReader();
    if (reader === undefined) throw new Error("the stream has no body");
    const ids = Array.from({ length: 1_200 }, (_, n) => `run-${n}`);
    for (const id of [...ids, ...ids]) stream.tell({ kind: "run", ids: [id] });
    stream.tell({ kind: "issue", ids: ["issue-1"] });
    const messages = await readMessages(reader, ids.length + 1);
    const runs = messages.filter((message) => message.kind === "run");
    expect(runs.flatMap((message) => message.ids).toSorted()).toEqual(ids.toSorted());
    expect(Math.max(...runs.map((message) => message.ids.length))).toBe(500);
    expect(messages.filter((message) => message.kind === "issue")).toEqual([{ kind: "issue", ids: ["issue-1"] }]);
    await reader.cancel();
  });

  it("beats while nothing changes, and ends when the reader may not read any more", async () => {
    let beats = 0;
    const stream = open({ heartbeatMs: 5, isAllowed: async () => ++beats < 3 });
    const text = await (await stream.answer).text();
    expect(text.match(/^event: beat$/gm)).toHaveLength(2);
    expect(stream.subscribers.size).toBe(0);
  });

  it("ends when changes may have been missed, so that the reader comes back and looks again", async () => {
    const stream = open();
    const text = (await stream.answer).text();
    await expect.poll(() => stream.subscribers.size).toBe(1);
    for (const { onGap } of stream.subscribers) onGap();
    expect(await text).toBe("retry: 2000\n\n");
    expect(stream.subscribers.size).toBe(0);
  });

  it("lets go of the listener when the reader leaves", async () => {
    const stream = open();
    const reader = (await stream.answer).body?.getReader();
    await reader?.read();
    expect(stream.subscribers.size).toBe(1);
    await reader?.cancel();
    await expect.poll(() => stream.subscribers.size).toBe(0);
  });
});
