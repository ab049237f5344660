import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "var(--bg)", color: "var(--fg)", fontSize: "12px", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--font-mono)", fontVariantLigatures: "none", padding: "8px 0", caretColor: "var(--fg)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--fg)" },
  ".cm-gutters": { backgroundColor: "var(--bg-subtle)", color: "var(--fg-subtle)", border: "none", fontFamily: "var(--font-mono)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--fg) 4%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 20%, transparent) !important", outline: "none" },
  ".cm-tooltip": { backgroundColor: "var(--bg-float)", color: "var(--fg)", border: "1px solid var(--border)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-tint)", color: "var(--fg)" },
  ".cm-diagnostic": { fontFamily: "var(--font-sans)", padding: "4px 8px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--failed)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--fg-muted)" },
  { tag: tags.string, color: "var(--succeeded)" },
  { tag: tags.number, color: "var(--running)" },
  { tag: [tags.bool, tags.null], color: "var(--waiting)" },
  { tag: tags.punctuation, color: "var(--fg-subtle)" },
  { tag: tags.invalid, color: "var(--failed)" },
]);

/** How every CodeMirror editor of ours looks: our tokens, so that both themes work without reconfiguring. */
export const codeTheme: Extension = [look, syntaxHighlighting(colours)];
