/** A ref that scrolls its element into view when it appears: an outcome below the fold of a dialog would go unseen. */
export function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
