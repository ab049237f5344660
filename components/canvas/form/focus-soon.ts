const maxFrames = 20;

/**
 * Puts the keyboard on what an edit brought, or left: on what the first of these selectors finds, once it is drawn, or else on what
 * a later one does. An edit that takes away the button that was pressed would leave the keyboard nowhere.
 */
export function focusSoon(root: HTMLElement | null, selectors: readonly string[]): void {
  const before = document.activeElement;
  const attempt = (frame: number) => {
    // Whoever went on meanwhile is left there.
    if (document.activeElement !== before && document.activeElement !== document.body) return;
    const wanted = frame < maxFrames ? selectors.slice(0, 1) : selectors;
    const found = wanted.map((selector) => root?.querySelector<HTMLElement>(selector)).find((element) => element != null);
    if (found) found.focus();
    else if (frame < maxFrames) requestAnimationFrame(() => attempt(frame + 1));
  };
  requestAnimationFrame(() => attempt(0));
}

/** The first control of an entry of a list. */
export function entryControls(id: string): string[] {
  const entry = `[data-field="${CSS.escape(id)}"]`;
  return [`${entry} :is(input:not([aria-hidden=true]), textarea, [contenteditable=true])`, `${entry} button`];
}
