import { expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { createTestEngine, untilEnd } from "./testing.ts";

test("the credential is opened before SENT, so that the database being away just then is no unknown outcome", async () => {
  const states: string[] = [];
  let opened = 0;
  const engine = await createTestEngine({
    connection: async (_workspaceId, id) => ({
      id,
      baseUrl: null,
      fields: {},
      limits: { windows: [], concurrency: null },
      credential: async () => {
        const { rows } = await engine.db.pool.query<{ state: string }>("SELECT state FROM attempt");
        states.push(...rows.map((row) => row.state));
        if (++opened === 1) throw new Error("the database is away");
        return { headers: { authorization: "Bearer s3cret" }, secretValues: ["s3cret"] };
      },
    }),
  });
  try {
    await engine.startWorker();
    const config = { method: "POST", url: "https://api.test/x" };
    const saved = await engine.saveDocument({
      schemaVersion: 1,
      nodes: [
        { id: "start", type: "manual", name: "Start" },
        { id: "call", type: "http-request", name: "Call", connectionId: newId(), config },
      ],
      edges: [{ id: "e1", source: "start", target: "call" }],
    });
    const { runId } = await engine.accept(saved, {});
    expect((await untilEnd(engine, runId)).status).toBe("succeeded");
    expect(engine.calls.map((call) => call.headers.authorization)).toEqual(["Bearer s3cret"]);
    expect(states).not.toContain("sent");
  } finally {
    await engine.stop();
  }
}, 60_000);
