/** Puts the keyboard on a step of the canvas. Returns its element, or null when it is not drawn. */
export function focusStep(nodeId: string | null): HTMLElement | null {
  if (nodeId === null) return null;
  const element = document.querySelector<HTMLElement>(`[data-step="${nodeId}"]`);
  element?.focus({ preventScroll: true });
  return element;
}
