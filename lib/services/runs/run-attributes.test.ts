import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import type { Context } from "../context.ts";
import * as runs from "./index.ts";

let engine: TestEngine;
let ctx: Context;
let shop: SavedDocument;
const runIds: string[] = [];

const attributes = [
  { name: "customer", type: "text", value: "{{ trigger.body.customer }}" },
  { name: "amount", type: "number", value: "{{ trigger.body.amount }}" },
  { name: "due", type: "time", value: "{{ trigger.body.due }}" },
  { name: "paid", type: "boolean", value: "{{ trigger.body.paid }}" },
];
const documentOf = (settings: object) => ({
  schemaVersion: 1,
  nodes: [{ id: "start", type: "manual", name: "Start" }],
  edges: [],
  settings,
});

beforeAll(async () => {
  engine = await createTestEngine();
  ctx = { actor: { type: "system", job: "test" }, workspaceId: engine.workspaceId, db: engine.db, now: Date.now, requestId: "test" };
  shop = await engine.saveDocument(documentOf({ attributes }));
  const events = [
    { customer: "42", amount: 50, due: "2026-12-01T00:00:00Z", paid: true },
    { customer: "42", amount: 150, due: "2026-12-24T00:00:00Z", paid: false },
    { customer: "a,b", amount: "many" },
  ];
  for (const body of events) runIds.push((await engine.accept(shop, body)).runId);
});
afterAll(() => engine.stop());

async function found(attr: string): Promise<number[]> {
  const { items } = await runs.listRuns({ ctx, input: runs.listRunsSchema.parse({ attr }) });
  return items.map(({ id }) => runIds.indexOf(id)).toSorted();
}

test.each([
  ["customer:42", [0, 1]],
  ["customer:a,b", [2]],
  ["customer:42,amount:>100", [1]],
  ["amount:50", [0]],
  ["amount:>=50", [0, 1]],
  ["due:<2026-12-24T00:00:00Z", [0]],
  ["paid:false", [1]],
  ["customer:4", []],
  ["nobody:42", []],
])("%s finds the runs that have it, all of it", async (attr, expected) => {
  expect(await found(attr)).toEqual(expected);
});

test.each(["customer", "customer:", ":42", "amount:>many", "a b:1"])("%s is refused with an example", (attr) => {
  expect(runs.listRunsSchema.safeParse({ attr }).error?.issues[0]?.message).toContain("must be");
});

test("a run tells what it is found by, and why it lacks what it lacks; the export has them too", async () => {
  const run = await runs.getRun({ ctx, input: { id: runIds[2] ?? "" } });
  expect(run.attributes.map(({ name, value }) => [name, value])).toEqual([
    ["amount", null],
    ["customer", "a,b"],
    ["due", null],
    ["paid", null],
  ]);
  expect(run.attributes[0]?.problem).toBe('its expression gave "many", which is not a number');
  const lines: string[] = [];
  for await (const line of runs.exportRuns({ ctx, input: runs.exportRunsSchema.parse({ attr: "amount:>100" }) }).lines) lines.push(line);
  expect(lines[1]).toContain("amount=150; customer=42; due=2026-12-24T00:00:00.000Z; paid=false");
});

test("a repeat of an event adds none, and a workflow without attributes stores nothing", async () => {
  const count = async () => (await engine.db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM run_attr")).rows[0]?.n;
  const body = { customer: "7", amount: 1 };
  const [first] = await Promise.all([1, 2].map(() => engine.accept(shop, body, { dedupeKey: "same" })));
  expect((await engine.accept(shop, body, { dedupeKey: "same" })).duplicate).toBe(true);
  expect(await count()).toBe(16);
  await engine.accept(await engine.saveDocument(documentOf({})), body);
  expect(await count()).toBe(16);
  const { items } = await runs.listRuns({ ctx, input: runs.listRunsSchema.parse({ attr: "customer:7" }) });
  expect(items.map(({ id }) => id)).toEqual([first?.runId]);
});

test("the names that live workflows give are listed for completion", async () => {
  const { pool } = engine.db;
  await pool.query("INSERT INTO workflow_version (workspace_id, workflow_id, version, document_id) VALUES ($1, $2, 1, $3)", [
    engine.workspaceId,
    shop.workflowId,
    shop.documentId,
  ]);
  await pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [shop.workflowId]);
  expect((await runs.listAttributes({ ctx, input: {} })).items).toEqual([
    { name: "amount", type: "number" },
    { name: "customer", type: "text" },
    { name: "due", type: "time" },
    { name: "paid", type: "boolean" },
  ]);
});
