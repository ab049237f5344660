const maxFrames = 20;

/**
 * Puts the keyboard on what an edit brought, or left, in a list: the first of these selectors that finds something, once it is
 * drawn. An edit that takes away the button that was pressed would leave the keyboard nowhere.
 */
export function focusSoon(root: HTMLElement | null, selectors: readonly string[], frames = 0): void {
  requestAnimationFrame(() => {
    const [first = ""] = selectors;
    const wanted = frames < maxFrames ? [first] : selectors;
    const found = wanted.map((selector) => root?.querySelector<HTMLElement>(selector)).find((element) => element != null);
    if (found) found.focus();
    else if (frames < maxFrames) focusSoon(root, selectors, frames + 1);
  });
}

/** The first control of an entry of a list. */
export function entryControls(id: string): string[] {
  const entry = `[data-field="${CSS.escape(id)}"]`;
  return [`${entry} :is(input, textarea, [contenteditable=true])`, `${entry} button`];
}
