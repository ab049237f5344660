import type { Pins, TestedItems, WorkflowDocument } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { AppError, type Problem } from "#lib/shared/errors.ts";

/** What somebody asks of one test beyond the document. */
export interface TestWish {
  until?: string | undefined;
  pins?: Pins | undefined;
  items?: TestedItems | undefined;
}

/** The document a test runs: it says itself what is pinned and where the test ends, so that this is stored with the run. */
export function testDocument(document: WorkflowDocument, wish: TestWish): WorkflowDocument {
  refuseUnknown(document, wish);
  const { until, pins, items } = wish;
  const { testing, ...rest } = document;
  const wanted = pins ?? testing?.pins;
  const own = {
    ...(wanted && Object.keys(wanted).length > 0 ? { pins: wanted } : {}),
    ...(until === undefined ? {} : { until }),
    ...(items && Object.keys(items).length > 0 ? { items } : {}),
  };
  return Object.keys(own).length === 0 ? rest : { ...rest, testing: own };
}

/** Live runs do all there is to do, with what the world answers. */
export function refuseTestWish({ until, pins, items }: TestWish): void {
  const fields = Object.entries({ until, pins, items }).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  if (fields.length === 0) return;
  const problems = fields.map((path) => ({ path, message: "only tests have it; start a run with mode test, or leave it out" }));
  throw new AppError("invalid_input", `a live run takes no ${fields.join(" and no ")}`, { problems });
}

function refuseUnknown(document: WorkflowDocument, { until, pins, items }: TestWish): void {
  const known = new Set(document.nodes.map((node) => node.id));
  const loops = new Set(document.nodes.flatMap(({ id, type }) => (getDefinition(type)?.bodyPort === undefined ? [] : [id])));
  const problems: Problem[] = [];
  if (until !== undefined && !known.has(until)) problems.push({ path: "until", message: `there is no node ${until}` });
  for (const id of Object.keys(pins ?? {})) if (!known.has(id)) problems.push({ path: `pins.${id}`, message: `there is no node ${id}` });
  for (const id of Object.keys(items ?? {})) if (!loops.has(id)) problems.push({ path: `items.${id}`, message: `there is no loop ${id}` });
  if (problems.length > 0) throw new AppError("invalid_input", problems[0]?.message ?? "", { problems });
}
