import type { EditorView } from "@codemirror/view";
import type { ExpressionKind } from "./preview.ts";

export type CodeMode = ExpressionKind | "json";

/** Puts a path into a field, inside of `{{ }}` where its mode wants them, and brings the keyboard there. */
export function insertPathAt(view: EditorView, mode: CodeMode, path: string, { from, to }: { from: number; to: number }): void {
  const before = view.state.sliceDoc(0, from);
  const bare = mode === "cel" || isInsideHole(before);
  const insert = bare ? path : mode === "json" && !isInsideString(before) ? `"{{ ${path} }}"` : `{{ ${path} }}`;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.drop" });
  view.focus();
}

function isInsideHole(before: string): boolean {
  return before.lastIndexOf("{{") > before.lastIndexOf("}}");
}

function isInsideString(before: string): boolean {
  const quotes = before.replaceAll(/\\./g, "").match(/"/g) ?? [];
  return quotes.length % 2 === 1;
}
