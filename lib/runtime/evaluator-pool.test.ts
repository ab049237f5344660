import { afterAll, beforeAll, expect, test } from "vitest";
import { ExpressionError } from "#lib/expressions/error.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { PrepareJob, RunJob } from "./evaluator-job.ts";
import { EvaluatorPool } from "./evaluator-pool.ts";

let pool: EvaluatorPool;
beforeAll(() => {
  pool = new EvaluatorPool({ size: 2 });
});
afterAll(() => pool.close());

function scopeWith(body: JsonValue): Scope {
  return { trigger: { body }, steps: {}, run: {}, vars: {}, connection: {}, now: "2026-01-31T09:00:00.000Z" };
}

function setJob(expression: string, body: JsonValue): PrepareJob {
  return {
    nodeType: "set",
    phase: "prepare",
    config: { values: { made: `{{ ${expression} }}` }, keep: "none" },
    scope: scopeWith(body),
    now: 0,
    incoming: {},
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** Within the step limit of the child, yet far slower than any time-out used here. */
const endless = setJob("trigger.body.map(a, trigger.body.map(b, sha256(string(a * b))))", numbers(3_000));

test("works out an input in another process", async () => {
  await expect(pool.evaluate(setJob("trigger.body.map(x, x * 2)", [1, 2]))).resolves.toEqual({ made: [2, 4] });
});

test("runs a node, and keeps the failure of a refusing port", async () => {
  const config = {
    fields: [{ target: "email", source: "{{ trigger.body }}", steps: [{ type: "email" }], required: true }],
    mode: "fields",
  };
  const job: RunJob = {
    nodeType: "validate-transform",
    phase: "run",
    config,
    input: { values: { email: "nobody" } },
    now: 0,
    incoming: {},
    scope: scopeWith(null),
  };
  const result = await pool.evaluate(job);
  expect(result).toMatchObject({ port: "rejected", failure: { failureClass: "validation", code: "field_invalid" } });
});

test("an error keeps its class, code and position", async () => {
  const error = await pool.evaluate(setJob("trigger.body.nmae", { name: "Ada" })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpressionError);
  expect(error).toMatchObject({ code: "missing_path", message: expect.stringContaining("did you mean trigger.body.name?") });
});

test("an endless job is killed and its process replaced, while honest jobs go on", async () => {
  const started = performance.now();
  const hostile = [1, 2, 3].map(() => pool.evaluate(endless, 250).catch((thrown: unknown) => thrown));
  const honest = await Promise.all([1, 2, 3, 4].map((n) => pool.evaluate(setJob("sum(trigger.body)", [n, 1]))));
  expect(honest).toEqual([{ made: 2 }, { made: 3 }, { made: 4 }, { made: 5 }]);
  for (const error of await Promise.all(hostile)) {
    expect(error).toBeInstanceOf(ExpressionError);
    expect(error).toMatchObject({ code: "limit", message: "the expression took longer than 250 ms" });
  }
  expect(performance.now() - started).toBeLessThan(10_000);
  await expect(pool.evaluate(setJob("1 + 1", null))).resolves.toEqual({ made: 2 });
});

test("an input of ten megabytes fits", async () => {
  const body = Array.from({ length: 10_000 }, (_, i) => ({ id: i, text: "x".repeat(1_000) }));
  await expect(pool.evaluate(setJob("size(trigger.body.filter(x, x.id > 9000))", body), 2_000)).resolves.toEqual({ made: 999 });
}, 20_000);

test("closing rejects what is not done and leaves no process", async () => {
  const other = new EvaluatorPool({ size: 1 });
  const unfinished = other.evaluate(endless).catch((thrown: unknown) => thrown);
  await other.close();
  expect(await unfinished).toMatchObject({ message: "the evaluator pool was closed" });
  await expect(other.evaluate(endless)).rejects.toThrow("closed");
});
