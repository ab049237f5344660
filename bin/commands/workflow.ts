import { type DocumentDiff, diffDocuments } from "#lib/graph/diff.ts";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import type { ContextWith } from "#lib/services/context.ts";
import * as workflows from "#lib/services/workflows/index.ts";
import type { DocumentProblem, WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isId } from "#lib/shared/ids.ts";
import { type Command, type CommandInput, printResult, requiredFlag, stringFlag, UsageError } from "../command.ts";
import { readInput, withServices } from "../command-context.ts";
import { parseInput } from "../parse-input.ts";

type CommandContext = ContextWith<"baseUrl" | "secrets">;

function argument(input: CommandInput, at: number, what: string): string {
  const value = input.positionals[at];
  if (value === undefined) throw new UsageError(`${what} is missing`);
  return value;
}

async function readDocument(path: string): Promise<WorkflowDocument> {
  const text = await readInput(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed", `${path} is not JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
  return parseInput(documentSchema, value);
}

/** By id, or by a name that only one workflow has. */
async function findWorkflow(ctx: CommandContext, wanted: string): Promise<WorkflowView | null> {
  if (isId(wanted)) return workflows.getWorkflow({ ctx, input: { id: wanted } });
  const { items } = await workflows.listWorkflows({ ctx, input: workflows.listWorkflowsSchema.parse({ q: wanted, limit: 200 }) });
  const named = items.filter((item) => item.name === wanted);
  if (named.length > 1) throw new AppError("conflict", `${named.length} workflows are named ${wanted}: use the id`);
  const [one] = named;
  return one === undefined ? null : workflows.getWorkflow({ ctx, input: { id: one.id } });
}

async function requireWorkflow(ctx: CommandContext, wanted: string): Promise<WorkflowView> {
  const found = await findWorkflow(ctx, wanted);
  if (found === null) throw new AppError("not_found", `there is no workflow ${wanted}`);
  return found;
}

async function documentOf(ctx: CommandContext, input: CommandInput, workflow: WorkflowView): Promise<unknown> {
  if (input.flags.draft === true) return workflow.draft.document;
  const version = stringFlag(input, "version");
  if (version === undefined) return workflow.liveDocument ?? workflow.draft.document;
  const { version: number } = parseInput(workflows.versionParamsSchema, { id: workflow.id, version });
  return (await workflows.getVersion({ ctx, input: { id: workflow.id, version: number } })).document;
}

async function exportDocument(input: CommandInput): Promise<number> {
  const wanted = argument(input, 1, "the workflow");
  const document = await withServices(input, async (ctx) => documentOf(ctx, input, await requireWorkflow(ctx, wanted)));
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

async function importDocument(input: CommandInput): Promise<number> {
  const document = await readDocument(argument(input, 1, "the file"));
  const created = parseInput(workflows.createWorkflowSchema, { name: requiredFlag(input, "name"), document });
  const made = await withServices(input, (ctx) => workflows.createWorkflow({ ctx, input: created }));
  printResult(input, { id: made.id, problems: made.problems }, [made.id, ...made.problems.map(toLine)].join("\n"));
  return 0;
}

function toLine({ severity, path, message }: DocumentProblem): string {
  return `${severity}: ${path}: ${message}`;
}

/** Needs no database: what is wrong with a document by itself. */
async function validate(input: CommandInput): Promise<number> {
  const problems = validateDocument(await readDocument(argument(input, 1, "the file")));
  printResult(input, { problems }, problems.length === 0 ? "no problems" : problems.map(toLine).join("\n"));
  return problems.some((problem) => problem.severity === "error") ? 1 : 0;
}

function diffLines(diff: DocumentDiff): string[] {
  const nodes = diff.nodes.flatMap((node) => [
    `${node.kind} ${node.nodeId} (${node.name})`,
    ...node.fields.map((field) => `  ${field.path}: ${JSON.stringify(field.before)} → ${JSON.stringify(field.after)}`),
  ]);
  const edge = (word: string) => (e: { source: string; sourcePort: string; target: string }) =>
    `${word} ${e.source}.${e.sourcePort} → ${e.target}`;
  const settings = diff.settings.map((field) => `settings.${field.path}: ${JSON.stringify(field.before)} → ${JSON.stringify(field.after)}`);
  return [...nodes, ...diff.edges.added.map(edge("added")), ...diff.edges.removed.map(edge("removed")), ...settings];
}

/** What applying a file would change. */
async function diff(input: CommandInput): Promise<number> {
  const wanted = argument(input, 1, "the workflow");
  const after = await readDocument(argument(input, 2, "the file"));
  const before = await withServices(input, async (ctx) => documentOf(ctx, input, await requireWorkflow(ctx, wanted)));
  const found = diffDocuments(parseInput(documentSchema, before), after);
  const lines = diffLines(found);
  printResult(input, found, lines.length === 0 ? "no differences" : lines.join("\n"));
  return 0;
}

/** Makes a workflow be what a file says: safe to repeat, for pipelines that keep workflows in a repository. */
async function apply(input: CommandInput): Promise<number> {
  const document = await readDocument(argument(input, 1, "the file"));
  const wanted = requiredFlag(input, "name");
  const publish = input.flags.publish === true;
  const result = await withServices(input, async (ctx) => {
    const existing = await findWorkflow(ctx, wanted);
    const workflow = existing ?? (await workflows.createWorkflow({ ctx, input: { name: wanted, document } }));
    const { revision } = workflow.draft;
    if (existing !== null) await workflows.saveDraft({ ctx, input: { id: workflow.id, document, revision } });
    const live = workflow.liveDocument === null ? null : parseInput(documentSchema, workflow.liveDocument);
    // What no run would notice is no reason for a new version.
    const same = live !== null && diffDocuments(live, document).layoutOnly;
    if (!publish || same) return { id: workflow.id, created: existing === null, version: workflow.liveVersion };
    const published = await workflows.publishWorkflow({ ctx, input: { id: workflow.id, note: stringFlag(input, "note") ?? "" } });
    return { id: workflow.id, created: existing === null, version: published.version };
  });
  const words = `${result.created ? "made" : "updated"} ${wanted} (${result.id})`;
  printResult(input, result, result.version === null ? `${words}, not live` : `${words}, live version ${result.version}`);
  return 0;
}

const verbs: Record<string, (input: CommandInput) => Promise<number>> = {
  export: exportDocument,
  import: importDocument,
  validate,
  diff,
  apply,
};

export const command: Command = {
  summary: "Move workflows between files and this instance",
  usage: [
    "export WORKFLOW [--version N | --draft] > FILE   what is live, as JSON",
    "import FILE --name N                             as a new draft; prints its id",
    "validate FILE                                    exit code 1 when it could not be published",
    "diff WORKFLOW FILE [--version N | --draft]       what applying the file would change",
    "apply FILE --name N [--publish] [--note TEXT]    makes or updates the workflow of that name",
    "   WORKFLOW is an id or a name, FILE may be - for standard input",
  ],
  options: {
    name: { type: "string" },
    version: { type: "string" },
    note: { type: "string" },
    draft: { type: "boolean" },
    publish: { type: "boolean" },
  },
  run(input) {
    const verb = verbs[input.positionals[0] ?? ""];
    if (verb === undefined) throw new UsageError(`say what to do: ${Object.keys(verbs).join(", ")}`);
    return verb(input);
  },
};
