import {
  autocompletion,
  type CompletionResult,
  completionKeymap,
  type CompletionContext as EditorContext,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching } from "@codemirror/language";
import { EditorState, type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  placeholder,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { codeTheme } from "#components/ui/code-theme.ts";
import { type CompletionContext, complete } from "./complete.ts";
import { pathMime } from "./drag-path.ts";
import { type CodeMode, insertPathAt } from "./insert-path.ts";

export interface CodeOptions {
  mode: CodeMode;
  multiline: boolean;
  label: string;
  placeholder: string;
  readOnly: boolean;
  nonce: string | undefined;
  /** Read at each key press, so that samples may change under an open editor. */
  completion: () => CompletionContext | null;
  onChange: (text: string) => void;
}

/** Everything a field for expressions needs of CodeMirror. */
export function codeExtensions(options: CodeOptions): Extension[] {
  const { mode, multiline, label, nonce, readOnly } = options;
  return [
    ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
    history(),
    drawSelection(),
    bracketMatching(),
    // The first theme wins where both speak.
    look,
    codeTheme,
    ...(mode === "json" ? [json()] : []),
    ...(readOnly ? [] : [takesPaths(mode)]),
    ...(mode === "cel" ? [] : [holes, closeHoles]),
    ...(multiline ? [EditorView.lineWrapping] : [oneLineOnly]),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off", tabindex: "0" }),
    placeholder(options.placeholder),
    autocompletion({ override: [(context) => suggest(context, options)], icons: false, activateOnTyping: true, maxRenderedOptions: 60 }),
    // Tab leaves the field, as everywhere on the page.
    keymap.of([
      ...(mode === "template" ? [switchToExpression] : []),
      ...completionKeymap,
      ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
      ...historyKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
}

/** A value of the data tree that is let go over the field goes to where the pointer is. */
function takesPaths(mode: CodeMode): Extension {
  return EditorView.domEventHandlers({
    drop: (event, view) => {
      const path = event.dataTransfer?.getData(pathMime) ?? "";
      if (path === "") return false;
      event.preventDefault();
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY }, false);
      insertPathAt(view, mode, path, { from: at, to: at });
      return true;
    },
  });
}

/** `=` in an empty field begins an expression. */
const switchToExpression = {
  key: "=",
  run: (view: EditorView) => {
    if (view.state.doc.length > 0) return false;
    view.dispatch({ changes: { from: 0, insert: "{{  }}" }, selection: { anchor: 3 } });
    startCompletion(view);
    return true;
  },
};

/** Typing `{{` brings its `}}`, and typing that `}}` oneself steps over it. */
const closeHoles = EditorView.inputHandler.of((view, from, to, text) => {
  if (from !== to) return false;
  const { doc } = view.state;
  if (text === "{" && doc.sliceString(from - 1, from) === "{" && !doc.sliceString(from).trimStart().startsWith("}}")) {
    view.dispatch({ changes: { from, insert: "{ }}" }, selection: { anchor: from + 1 }, userEvent: "input.type" });
    return true;
  }
  const closing = text === "}" ? /^[ ]*\}/.exec(doc.sliceString(from)) : null;
  if (closing === null || !isOpenBefore(doc.sliceString(0, from))) return false;
  view.dispatch({
    changes: { from, to: from + closing[0].length, insert: "}" },
    selection: { anchor: from + 1 },
    userEvent: "input.type",
  });
  return true;
});

function isOpenBefore(before: string): boolean {
  return before.lastIndexOf("{{") > before.lastIndexOf("}}");
}

function suggest(context: EditorContext, options: CodeOptions): CompletionResult | null {
  const known = options.completion();
  if (known === null) return null;
  const found = complete(context.state.doc.toString(), context.pos, options.mode === "cel" ? "cel" : "template", known);
  if (found === null) return null;
  const typed = context.pos - found.from;
  const afterDot = context.state.sliceDoc(found.from - 1, found.from) === ".";
  if (typed === 0 && !afterDot && !context.explicit) return null;
  return {
    from: found.from,
    validFor: /^\w*$/,
    options: found.options.map((option) => ({
      label: option.label,
      detail: option.detail,
      ...(option.help === "" ? {} : { info: option.help }),
      // Data before names before functions.
      boost: { step: 3, field: 3, name: 2, function: 0 }[option.kind],
      apply: (view: EditorView, _completion: unknown, from: number, to: number) =>
        insertSuggestion(view, option.insert, from, to, option.kind === "function"),
    })),
  };
}

function insertSuggestion(view: EditorView, text: string, from: number, to: number, isFunction: boolean): void {
  // A bracket takes the place of the dot before it.
  const start = text.startsWith("[") ? from - 1 : from;
  const insert = isFunction ? `${text}()` : text;
  view.dispatch({ changes: { from: start, to, insert }, selection: { anchor: start + insert.length - (isFunction ? 1 : 0) } });
}

const oneLineOnly = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines < 2) return transaction;
  const text = transaction.newDoc.toString().replaceAll(/\s*\n\s*/g, " ");
  return [{ changes: { from: 0, to: transaction.startState.doc.length, insert: text }, selection: { anchor: text.length } }];
});

const hole = Decoration.mark({ class: "cm-hole" });

/** Marks `{{ … }}`, so that what is computed stands out from what is fixed. */
const holes = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = markHoles(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = markHoles(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function markHoles(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (const match of view.state.sliceDoc(from, to).matchAll(/\{\{.*?\}\}/gs)) {
      builder.add(from + match.index, from + match.index + match[0].length, hole);
    }
  }
  return builder.finish();
}

const look = EditorView.theme({
  "&": { height: "auto", maxHeight: "22rem", borderRadius: "6px" },
  ".cm-scroller": { overflow: "auto", lineHeight: "20px", fontVariantLigatures: "none" },
  "&:not(.cm-focused) .cm-matchingBracket": { backgroundColor: "transparent !important" },
  ".cm-content": { padding: "5px 0" },
  ".cm-placeholder": { color: "var(--fg-subtle)" },
  ".cm-hole": { backgroundColor: "var(--accent-tint)", color: "var(--accent-text)", borderRadius: "3px", padding: "1px 0" },
  ".cm-hole *": { color: "inherit" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--danger)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete": { boxShadow: "var(--shadow-float)", border: "none", padding: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", fontSize: "12px", maxHeight: "15rem", minWidth: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", borderRadius: "4px", display: "flex", gap: "12px" },
  ".cm-completionLabel": { flexShrink: "0" },
  ".cm-completionDetail": {
    marginLeft: "auto",
    fontStyle: "normal",
    color: "var(--fg-subtle)",
    overflow: "hidden",
    textOverflow: "ellipsis",
    maxWidth: "14rem",
  },
  ".cm-completionInfo": { padding: "6px 8px", fontFamily: "var(--font-sans)", maxWidth: "16rem" },
});
