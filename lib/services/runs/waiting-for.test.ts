import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { derivedId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { createWorkflow, publishWorkflow } from "../workflows/index.ts";
import { getStep, startRun } from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const document = documentSchema.parse({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "wait", type: "wait-for-callback", name: "Wait" },
    { id: "ask", type: "approval", name: "Ask", config: { message: "Well?" } },
    { id: "poll", type: "poll-until", name: "Poll", config: { request: { url: "https://api.test" }, done: "true", callback: true } },
  ],
  edges: ["wait", "ask", "poll"].map((id) => ({ id: `to_${id}`, source: "start", target: id })),
});

/** A run with a step that waits, as the engine writes it. */
async function waitingStep(nodeId: string, input: object, output: object | null = null) {
  const owner = team.as("owner");
  const { id } = await createWorkflow({ ctx: owner, input: { name: nodeId, document } });
  await publishWorkflow({ ctx: owner, input: { id, note: "" } });
  const { runId } = await startRun({ ctx: owner, input: { id, input: {}, mode: "live" } });
  const stepId = derivedId(runId, nodeId, "");
  await test.db.pool.query(
    `INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, wake_at, input, output, created_at)
     VALUES ($1, $2, $3, $4, 'waiting', 'poll', now(), $5, $6, now())`,
    [runId, nodeId, stepId, team.workspaceId, JSON.stringify(input), output && JSON.stringify(output)],
  );
  const view = (role: "operator" | "viewer") => getStep({ ctx: team.as(role), input: { id: runId, stepId } });
  const url = owner.links.url({ workspaceId: team.workspaceId, runId, nodeId, iteration: "" });
  return { view, url, stepId };
}

it("tells who may act on runs the link a step waits for, and nobody else", async () => {
  const { view, url } = await waitingStep("wait", {});
  expect((await view("operator")).waitingFor).toEqual({ callbackUrl: url, approval: null, polls: null });
  expect((await view("viewer")).waitingFor).toEqual({ callbackUrl: null, approval: null, polls: null });
});

it("hides links in what was sent from who may not act on runs", async () => {
  const { url } = await waitingStep("wait", {});
  const { view } = await waitingStep("poll", { url: `https://api.test/?callback=${url}` }, { polls: 7, failedPolls: 2 });
  const seen = await view("operator");
  expect(seen.input).toEqual({ url: `https://api.test/?callback=${url}` });
  expect(seen.waitingFor?.polls).toEqual({ made: 7, failed: 2 });
  expect((await view("viewer")).input).toEqual({ url: "https://api.test/?callback=http://localhost:3000/callbacks/[hidden]" });
});

it("tells who is asked to decide, and where", async () => {
  const { view, stepId } = await waitingStep("ask", { message: "Well?", assignees: ["owner"] });
  const approval = { id: stepId, message: "Well?", assignees: ["owner"] };
  expect((await view("viewer")).waitingFor).toEqual({ callbackUrl: null, approval, polls: null });
});
