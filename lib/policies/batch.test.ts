import { expect, test } from "vitest";
import { settingsSchema } from "#lib/graph/document.ts";
import { asBatch, asBatchText, oneEvent } from "./batch.ts";

const plain = settingsSchema.parse({});
const batching = settingsSchema.parse({ arrivals: { batch: { maxSize: 10, timeoutMs: 1_000 } } });

test("a run of a workflow that takes batches sees one whatever starts it, and never one in another", () => {
  const event = { body: { id: 1 } };
  expect(asBatch(plain, event)).toBe(event);
  expect(asBatch(batching, event)).toEqual({ items: [event] });
  expect(asBatch(batching, { items: [event, event] })).toEqual({ items: [event, event] });
  expect(asBatchText(plain, "not read")).toBe("not read");
  expect(asBatchText(batching, '{"body":1}')).toBe('{"items":[{"body":1}]}');
});

test("keys are those of the first event of a batch", () => {
  expect(oneEvent(batching, { items: [{ body: 1 }, { body: 2 }] })).toEqual({ body: 1 });
  expect(oneEvent(batching, { items: [] })).toEqual({ items: [] });
  expect(oneEvent(plain, { items: [{ body: 1 }] })).toEqual({ items: [{ body: 1 }] });
});
