import { expect, test } from "vitest";
import type { WorkflowDocument } from "./document.ts";
import { documentOf } from "./test-documents.ts";
import { validateDocument } from "./validate.ts";

const trigger = { id: "start", type: "manual" };
const call = { id: "call", type: "http-request", config: { method: "GET", url: "https://api.example.com" } };

function told(document: WorkflowDocument): string[] {
  return validateDocument(document).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

test("a sound document has no problems", () => {
  expect(validateDocument(documentOf([trigger, call], ["start -> call"]))).toEqual([]);
});

test("an empty document lacks a trigger, and nothing else", () => {
  expect(told(documentOf([]))).toEqual(["error nodes: nothing starts this workflow: add a trigger"]);
});

test("ids are unique", () => {
  const document = documentOf([trigger, call, { ...call }], ["start -> call"]);
  expect(told(document)).toContain("error nodes.2.id: another node has the id call already");
});

test("edges lead from ports that exist to nodes that exist, and never to a trigger", () => {
  const document = documentOf([trigger, call], ["start -> call", "start:true -> call", "call -> gone", "gone -> call", "call -> start"]);
  expect(told(document)).toEqual(
    expect.arrayContaining([
      "error edges.1.sourcePort: the node has no output true, only out",
      "error edges.2.target: there is no node gone",
      "error edges.3.source: there is no node gone",
      "error edges.4.target: a trigger starts runs; nothing can lead to it",
    ]),
  );
});

test("the same wire twice is a mistake", () => {
  expect(told(documentOf([trigger, call], ["start -> call", "start -> call"]))).toEqual([
    "error edges.1: the same two nodes are connected twice at the same port",
  ]);
});

test("only the nodes on a cycle are blamed for it", () => {
  const document = documentOf(
    [trigger, { id: "a", type: "set" }, { id: "b", type: "set" }, { id: "after", type: "set" }],
    ["start -> a", "a -> b", "b -> a", "b -> after"],
  );
  const cycle = validateDocument(document).filter(({ message }) => message === "this node leads back to itself");
  expect(cycle.map(({ nodeId }) => nodeId)).toEqual(["a", "b"]);
});

test("what no trigger leads to is only a warning", () => {
  expect(told(documentOf([trigger, call]))).toEqual(["warning nodes.1: no trigger leads to this step, so it never runs"]);
});

test("unknown types and newer versions are told", () => {
  const document = documentOf([trigger, { id: "x", type: "teleport" }, { ...call, typeVersion: 9 }], ["start -> x", "start -> call"]);
  expect(told(document)).toEqual([
    "error nodes.1.type: this version of Sluice has no node type teleport",
    "error nodes.2.typeVersion: this node was made with a newer Sluice (http-request 9; here 1)",
  ]);
});

test("config faults are named by dotted path, unknown settings by name", () => {
  const config = { method: "FETCH", url: "ftp://x", headers: { Host: "a", "X-A": "b\r\nc" }, colour: "red" };
  const document = documentOf([trigger, { ...call, config }], ["start -> call"]);
  expect(told(document)).toEqual([
    expect.stringMatching(/^error nodes\.1\.config\.method: Invalid option/),
    "error nodes.1.config.url: the address must start with https:// or http://",
    "error nodes.1.config.headers.Host: the header Host is set by the connection and cannot be given",
    "error nodes.1.config.headers.X-A: the header X-A holds a line break",
    "error nodes.1.config.colour: there is no such setting",
  ]);
  expect(validateDocument(document).every(({ nodeId }) => nodeId === "call")).toBe(true);
});

test("out of range is told, never clamped", () => {
  const document = documentOf([trigger, call], ["start -> call"]);
  const policy = { timeoutMs: 0, retry: { maxAttempts: 101 }, throttle: { windows: [{ limit: 0, perMs: 1 }] } };
  const broken: WorkflowDocument = { ...document, nodes: document.nodes.map((node) => (node.id === "call" ? { ...node, policy } : node)) };
  expect(validateDocument(broken).map(({ path }) => path)).toEqual([
    "nodes.1.policy.timeoutMs",
    "nodes.1.policy.retry.maxAttempts",
    "nodes.1.policy.throttle.windows.0.limit",
    "nodes.1.policy.throttle.windows.0.perMs",
  ]);
});

test("a policy the node type does not have is ignored with a warning", () => {
  const document = documentOf([trigger, { id: "s", type: "set", policy: { retry: { maxAttempts: 2 } } }], ["start -> s"]);
  expect(told(document)).toEqual(["warning nodes.1.policy.retry: Set values has no such setting; it is ignored"]);
});

test("an idempotency key must differ from run to run, and other settings need it", () => {
  const fixed = documentOf([trigger, { ...call, policy: { idempotency: { key: "constant" } } }], ["start -> call"]);
  expect(told(fixed)[0]).toContain("nodes.1.policy.idempotency.key: the key must hold an expression");
  const headerOnly = documentOf([trigger, { ...call, policy: { idempotency: { header: "Idempotency-Key" } } }], ["start -> call"]);
  expect(told(headerOnly)[0]).toContain("a key is needed");
});

test("falling back needs something connected to the error output", () => {
  const node = { ...call, policy: { onFailure: "fallback" as const } };
  expect(told(documentOf([trigger, node], ["start -> call"]))[0]).toContain("nodes.1.policy.onFailure: the error output is to be taken");
  expect(told(documentOf([trigger, node, { id: "s", type: "set" }], ["start -> call", "call:error -> s"]))).toEqual([]);
});

test("expressions are checked wherever they may stand", () => {
  const document = documentOf(
    [
      trigger,
      { id: "choose", type: "if", config: { condition: "trigger.body.ok = 1" } },
      {
        id: "call",
        type: "http-request",
        config: {
          url: "https://x/{{ steps.later.output }}",
          headers: { "X-A": "{{ nmae }}" },
          body: { deep: ["{{ lowr(trigger.body.a) }}"] },
          expect: { success: "respnse.status == 200" },
        },
        policy: { throttle: { key: "{{ steps.nope.output }}", concurrency: 1 }, idempotency: { key: "{{ trigger." } },
      },
      {
        id: "later",
        type: "validate-transform",
        config: { fields: [{ target: "a", source: "{{ steps.call.output.id", steps: [{ type: "expression", cel: "vale * 2" }] }] },
      },
    ],
    ["start -> choose", "choose:true -> call", "call -> later"],
  );
  const errors = validateDocument(document).filter(({ severity }) => severity === "error");
  expect(errors.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    "nodes.1.config.condition: unexpected character: = (character 17)",
    "nodes.2.config.url: the step later does not come before this one (character 20)",
    'nodes.2.config.headers.X-A: there is no nmae here; texts need quotes: "…" (character 4)',
    "nodes.2.config.body.deep.0: there is no function lowr(); did you mean lower()? (character 4)",
    "nodes.2.config.expect.success: there is no respnse here; did you mean response? (character 1)",
    "nodes.2.policy.throttle.key: there is no step nope before this one (character 10)",
    "nodes.2.policy.idempotency.key: {{ is not closed by }} (character 1)",
    "nodes.3.config.fields.0.source: {{ is not closed by }} (character 1)",
    "nodes.3.config.fields.0.steps.0.cel: there is no vale here; did you mean value? (character 1)",
  ]);
});

test("`value` and `response` are known only where they mean something", () => {
  const document = documentOf(
    [
      trigger,
      { ...call, config: { url: "https://x", expect: { success: "response.status == 200" }, headers: { A: "{{ response.status }}" } } },
    ],
    ["start -> call"],
  );
  expect(validateDocument(document).map(({ path }) => path)).toEqual(["nodes.1.config.headers.A"]);
});

test("the requests of a look-up and of an undoing are checked like any other, and know the names that are theirs", () => {
  const lookup = (request: object) => ({ request, found: "size(response.body) > 0 && key != ''", result: "response.body[0].id" });
  const problemsOf = (policy: object) =>
    validateDocument(documentOf([trigger, { ...call, config: { method: "POST", url: "https://x" }, policy }], ["start -> call"])).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  const good = { url: "https://x/{{ input.body.ref }}", query: { k: "{{ key }}" } };
  expect(problemsOf({ idempotency: { lookup: lookup(good) } })).toEqual([]);
  expect(problemsOf({ idempotency: { lookup: lookup({ url: "x", nope: 1 }) } }).map((line) => line.split(":")[0])).toEqual([
    "nodes.1.policy.idempotency.lookup.request.url",
    "nodes.1.policy.idempotency.lookup.request.nope",
  ]);
  expect(problemsOf({ idempotency: { lookup: lookup({ url: "https://x/{{ output.id }}" }) } })).toEqual([
    "nodes.1.policy.idempotency.lookup.request.url: there is no output here; did you mean input? (character 14)",
  ]);
  const keyed = { idempotency: { effect: "keyed" } };
  expect(problemsOf({ ...keyed, compensate: { request: { method: "DELETE", url: "https://x/{{ output.id }}/{{ input.url }}" } } })).toEqual(
    [],
  );
  expect(problemsOf({ ...keyed, compensate: { request: {} } })).toHaveLength(1);
});

test("a look-up that the effect class never uses is pointed out", () => {
  const lookup = { request: { url: "https://x" }, found: "true", result: "1" };
  const policy = { idempotency: { lookup, effect: "unsafe" as const } };
  const document = documentOf([trigger, { ...call, config: { method: "POST", url: "https://x" }, policy }], ["start -> call"]);
  expect(validateDocument(document).map(({ path }) => path)).toContain("nodes.1.policy.idempotency.lookup");
});

test("500 nodes with expressions are checked within half a second", () => {
  const nodes = Array.from({ length: 499 }, (_, i) => ({ ...call, id: `n${i}`, config: { url: `https://x/${i}/{{ trigger.body.id }}` } }));
  const document = documentOf([trigger, ...nodes], ["start -> n0", ...nodes.slice(1).map((node, i) => `n${i} -> ${node.id}`)]);
  const started = performance.now();
  expect(validateDocument(document)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(500);
});

test("a field that is refused as it is has one problem, not a second one for what it says", () => {
  const document = documentOf(
    [
      { id: "start", type: "manual" },
      { id: "check", type: "if", config: { condition: "" } },
    ],
    ["start -> check"],
  );
  const problems = validateDocument(document).filter(({ path }) => path === "nodes.1.config.condition");
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/condition/)]);
});
