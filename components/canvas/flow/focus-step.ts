/** Puts the keyboard on a step of the canvas. Returns its element, or null when it is not drawn. */
export function focusStep(nodeId: string | null): HTMLElement | null {
  if (nodeId === null) return null;
  const element = document.querySelector<HTMLElement>(`[data-step="${nodeId}"]`);
  element?.focus({ preventScroll: true });
  return element;
}

const maxFrames = 20;

/** The same for a step that was just added: it is drawn some frames later. */
export function focusStepSoon(nodeId: string | null, frames = 0): void {
  requestAnimationFrame(() => {
    const element = focusStep(nodeId);
    if (document.activeElement !== element && frames < maxFrames) focusStepSoon(nodeId, frames + 1);
  });
}

/** Where a layer gives the keyboard when it closes: the step, or whatever the layer finds when there is none. */
export function backToStep(nodeId: string | null): boolean {
  if (nodeId === null) return true;
  focusStepSoon(nodeId);
  return false;
}
