import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { smallDocument } from "../testing-rows.ts";
import * as workflows from "../workflows/index.ts";
import * as runs from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

async function makeWorkflow(document: object): Promise<string> {
  const input = workflows.createWorkflowSchema.parse({ name: "Orders", document });
  const { id } = await workflows.createWorkflow({ ctx: team.as("builder"), input });
  await workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "" } });
  return id;
}

const start = (id: string, input: object) =>
  runs.startRun({ ctx: team.as("operator"), input: { ...runs.startRunSchema.parse(input), id } });

describe("a test of a part", () => {
  it("stores with a test where it ends and what is pinned, the draft's pins unless others are given", async () => {
    const pins = { call: { output: { ok: true }, port: "out" } };
    const pinned = await makeWorkflow({ ...smallDocument, testing: { pins } });
    const documentOf = async (input: object) => {
      const { runId } = await start(pinned, input);
      return (await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } })).document;
    };
    expect(await documentOf({ mode: "test" })).toMatchObject({ testing: { pins } });
    expect(await documentOf({ mode: "test", until: "call", pins: {} })).toMatchObject({ testing: { until: "call" } });
    expect(await documentOf({ mode: "test", version: 1, until: "start" })).toMatchObject({ testing: { until: "start", pins } });
  });

  it("stores the one item of a loop that a test goes through, and takes it for loops alone", async () => {
    const nodes = [...smallDocument.nodes, { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body }}" } }];
    const edges = [...smallDocument.edges, { id: "to_loop", source: "call", target: "loop" }];
    const id = await makeWorkflow({ ...smallDocument, nodes, edges });
    const { runId } = await start(id, { mode: "test", version: 1, items: { loop: 2 } });
    const { document } = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    expect(document).toMatchObject({ testing: { items: { loop: 2 } } });
    await expect(start(id, { mode: "test", items: { call: 0 } })).rejects.toMatchObject({ problems: [{ path: "items.call" }] });
    await expect(start(id, { items: { loop: 0 } })).rejects.toMatchObject({ problems: [{ path: "items" }] });
  });

  it("refuses them for a live run, and for nodes that do not exist", async () => {
    const pins = { call: { output: 1 } };
    const id = await makeWorkflow(smallDocument);
    await expect(start(id, { until: "call", pins })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "until" }, { path: "pins" }],
    });
    await expect(start(id, { mode: "test", until: "gone", pins: { none: { output: 1 } } })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "until" }, { path: "pins.none" }],
    });
  });
});
