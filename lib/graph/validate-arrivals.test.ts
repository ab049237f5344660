import { expect, test } from "vitest";
import { documentSchema } from "./document.ts";
import { validateDocument } from "./validate.ts";

interface Given {
  arrivals: object;
  settings?: object;
  response?: object;
}

function problems({ arrivals, settings = {}, response = {} }: Given): string[] {
  const document = {
    ...documentSchema.parse({
      schemaVersion: 1,
      nodes: [{ id: "hook", type: "webhook", name: "Hook", config: { response } }],
      edges: [],
      settings,
    }),
  };
  // Checked as a draft is: what is out of range is told rather than refused.
  const raw = { ...document, settings: { ...document.settings, arrivals } } as typeof document;
  return validateDocument(raw)
    .filter(({ severity, path }) => severity === "error" && (path.startsWith("settings") || path.includes("response")))
    .map(({ path, message }) => `${path}: ${message}`);
}

const debounce = { periodMs: 10_000, timeoutMs: 60_000 };
const batch = { maxSize: 10, timeoutMs: 60_000 };

test.each([
  { arrivals: {} },
  { arrivals: { debounce } },
  { arrivals: { batch, limit: { limit: 5, perMs: 60_000, key: "{{ trigger.body.id }}" } } },
  { arrivals: { singleton: { mode: "skip-new" } }, settings: { concurrency: 1 }, response: { mode: "wait" } },
  { arrivals: { batch: { ...batch, key: "{{ trigger.body.id }}" } }, settings: { orderBy: "{{ trigger.body.id }}" } },
])("what goes together is not complained of: %j", (given) => {
  expect(problems(given)).toEqual([]);
});

test.each<[string, Given, RegExp]>([
  ["two ways to gather", { arrivals: { debounce, batch } }, /^settings\.arrivals\.batch: debounce and batch exclude each other/],
  [
    "one at a time of what is gathered",
    { arrivals: { debounce, singleton: { mode: "skip-new" } } },
    /^settings\.arrivals\.singleton: .*concurrency/,
  ],
  ["a cap below the period", { arrivals: { debounce: { ...debounce, timeoutMs: 5_000 } } }, /^settings\.arrivals\.debounce\.timeoutMs: /],
  ["a caller that waits", { arrivals: { debounce }, response: { mode: "wait" } }, /^nodes\.0\.config\.response\.mode: .*debounce/],
  ["an order within a batch", { arrivals: { batch }, settings: { orderBy: "{{ trigger.body.id }}" } }, /^settings\.orderBy: /],
  ["too short a time", { arrivals: { debounce: { periodMs: 1, timeoutMs: 100 } } }, /debounce\.periodMs: must be from 100 ms to 24 hours$/],
  ["a batch of one", { arrivals: { batch: { ...batch, maxSize: 1 } } }, /batch\.maxSize: must be from 2 to 1000$/],
  [
    "a key over steps",
    { arrivals: { limit: { limit: 1, perMs: 1_000, key: "{{ steps.a.output }}" } } },
    /^settings\.arrivals\.limit\.key: /,
  ],
  ["an unknown control", { arrivals: { throttle: {} } }, /^settings\.arrivals\.throttle: there is no such setting$/],
])("%s is a problem that names the field", (_what, given, told) => {
  expect(problems(given)).toEqual([expect.stringMatching(told)]);
});
