import { checkTemplate } from "#lib/expressions/check.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { own } from "#lib/shared/json.ts";
import type { CompiledDocument } from "./compile.ts";
import { errorAt } from "./problem.ts";

const base = "settings.arrivals";

/** What in the control of arrivals contradicts itself, or the rest of the document. Ranges are the schema's. */
export function checkArrivals({ document }: CompiledDocument): DocumentProblem[] {
  const { arrivals, orderBy } = document.settings;
  // A draft may hold anything here; the schema tells.
  if (!arrivals || typeof arrivals !== "object") return [];
  const { debounce, batch, singleton } = arrivals;
  const problems: DocumentProblem[] = [];
  if (debounce && batch)
    problems.push(errorAt(`${base}.batch`, "debounce and batch exclude each other: one keeps the last event only, the other all of them"));
  if (singleton && (debounce || batch)) {
    const message = `${debounce ? "debounce" : "batch"} gathers events before their run starts, which singleton cannot do beside it: for one run at a time set settings.concurrency to 1`;
    problems.push(errorAt(`${base}.singleton`, message));
  }
  if (debounce && debounce.timeoutMs < debounce.periodMs)
    problems.push(
      errorAt(`${base}.debounce.timeoutMs`, "must not be shorter than periodMs, or no event would ever wait for a quiet moment"),
    );
  if (batch && orderBy !== null && orderBy !== batch.key) {
    const message = "the events of a batch may have several order keys: give settings.arrivals.batch.key the same text, or set no order";
    problems.push(errorAt("settings.orderBy", message));
  }
  return [...problems, ...checkWaiting(document.nodes, debounce ? "debounce" : batch ? "batch" : null)];
}

/** A caller cannot be kept waiting for a run that waits for other callers. */
function checkWaiting(nodes: CompiledDocument["document"]["nodes"], gathers: "debounce" | "batch" | null): DocumentProblem[] {
  if (gathers === null) return [];
  return nodes.flatMap((node, index) => {
    if (node.disabled || node.type !== "webhook" || own(node.config.response, "mode") !== "wait") return [];
    const message = `the caller would wait for other events to come: answer "ack", or take ${gathers} out of the workflow's settings`;
    return [errorAt(`nodes.${index}.config.response.mode`, message, node.id)];
  });
}

/** The keys, worked out when the event arrives: no step has run by then. */
export function checkArrivalKeys({ document }: CompiledDocument, allSteps: ReadonlySet<string>, told: Told): DocumentProblem[] {
  return Object.entries(document.settings.arrivals ?? {}).flatMap(([control, rule]) =>
    typeof rule?.key !== "string"
      ? []
      : checkTemplate(rule.key, { names: [], steps: new Set(), allSteps }).map((problem) =>
          errorAt(`${base}.${control}.key`, told(problem)),
        ),
  );
}

type Told = (problem: ReturnType<typeof checkTemplate>[number]) => string;
