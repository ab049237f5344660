import type { Pins, WorkflowDocument } from "#lib/graph/document.ts";
import { AppError, type Problem } from "#lib/shared/errors.ts";

/** What somebody asks of one test beyond the document. */
export interface TestWish {
  until?: string | undefined;
  pins?: Pins | undefined;
}

/** The document a test runs: it says itself what is pinned and where the test ends, so that this is stored with the run. */
export function testDocument(document: WorkflowDocument, { until, pins }: TestWish): WorkflowDocument {
  refuseUnknown(document, { until, pins });
  const { testing, ...rest } = document;
  const wanted = pins ?? testing?.pins;
  const own = { ...(wanted && Object.keys(wanted).length > 0 ? { pins: wanted } : {}), ...(until === undefined ? {} : { until }) };
  return Object.keys(own).length === 0 ? rest : { ...rest, testing: own };
}

/** Live runs do all there is to do, with what the world answers. */
export function refuseTestWish({ until, pins }: TestWish): void {
  const fields = [...(until === undefined ? [] : ["until"]), ...(pins === undefined ? [] : ["pins"])];
  if (fields.length === 0) return;
  const problems = fields.map((path) => ({ path, message: "only tests have it; start a run with mode test, or leave it out" }));
  throw new AppError("invalid_input", `a live run takes no ${fields.join(" and no ")}`, { problems });
}

function refuseUnknown(document: WorkflowDocument, { until, pins }: TestWish): void {
  const known = new Set(document.nodes.map((node) => node.id));
  const problems: Problem[] = [];
  if (until !== undefined && !known.has(until)) problems.push({ path: "until", message: `there is no node ${until}` });
  for (const id of Object.keys(pins ?? {})) if (!known.has(id)) problems.push({ path: `pins.${id}`, message: `there is no node ${id}` });
  if (problems.length > 0) throw new AppError("invalid_input", problems[0]?.message ?? "", { problems });
}
