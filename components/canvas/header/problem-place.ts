import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { localPath } from "../panel/node-editing.ts";
import type { PanelTab } from "../use-panel.ts";

/** Where in the panel of its step a problem is mended. */
export function placeOf(problem: DocumentProblem): { tab: PanelTab; field: string } {
  const field = localPath(problem.path);
  return { tab: field.startsWith("policy") ? "reliability" : "settings", field };
}
