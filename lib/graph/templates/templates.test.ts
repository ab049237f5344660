import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import { getDefinition, type NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import type { NodeContext, OutboundRequest } from "#lib/nodes/runner.ts";
import { runNode } from "#lib/nodes/test-context.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { templates } from "./templates.ts";

test.each(templates)("the template $id has no errors, and no unsafe step", ({ document }) => {
  const problems = validateDocument(documentSchema.parse(document));
  expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
  expect(problems.filter((problem) => problem.path.endsWith("policy.idempotency"))).toEqual([]);
});

test.each(templates)("the template $id runs to its end on its sample input", async ({ document, sampleInput }) => {
  const { nodes } = documentSchema.parse(document);
  const calls: OutboundRequest[] = [];
  const steps: Scope["steps"] = {};
  for (const node of nodes.filter(({ id }) => id !== "tell_refused")) {
    const evaluate = createEvaluate({
      trigger: { body: sampleInput },
      steps,
      run: { id: "run-1" },
      vars: { baseUrl: "http://localhost:3000" },
      connection: {},
      now: "2026-01-31T02:00:00.000Z",
    });
    const context: NodeContext = {
      signal: new AbortController().signal,
      now: 0,
      evaluate,
      outbound: async (request) => {
        calls.push(request);
        return { status: 200, headers: { "content-type": "application/json" }, body: '{"id":"1"}', durationMs: 1 };
      },
    };
    const config = getDefinition(node.type)?.config.parse(node.config) as never;
    const runner = await loadRunner(node.type as NodeTypeId);
    const input = runner.prepare?.({ config, evaluate, now: context.now, incoming: {} }) ?? evaluate.template(node.config);
    const result = await runner.run({ config, input, context });
    if (!("port" in result)) throw new Error("no template waits or asks");
    expect(result.port).not.toBe("rejected");
    steps[node.id] = { output: result.output };
  }
  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) expect(call.url).toMatch(/^http:\/\/localhost:3000\/sandbox\//);
});

test("the deploy guard lets GitHub's own example pushes to the default branch pass, and only those", async () => {
  const examples: unknown = createRequire(import.meta.url)("@octokit/webhooks-examples");
  const pushes = (examples as { name: string; examples: JsonObject[] }[]).find(({ name }) => name === "push")?.examples ?? [];
  expect(pushes.length).toBeGreaterThan(3);
  const { nodes } = documentSchema.parse(templates[0]?.document);
  const configs = new Map(nodes.map((node) => [node.id, node.config]));
  for (const push of pushes) {
    const { result } = await runNode("if", configs.get("on_default_branch") ?? {}, { body: push });
    expect(result.port).toBe(push.ref === "refs/heads/master" ? "true" : "false");
    if (result.port === "false") continue;
    const check = await runNode("validate-transform", configs.get("check") ?? {}, { body: push });
    expect(check.result).toMatchObject({
      port: "out",
      output: { sha: push.after, committedAt: "2019-05-15T15:19:25.000Z", authorEmail: "21031067+codertocat@users.noreply.github.com" },
    });
  }
});
