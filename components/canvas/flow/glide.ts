/** How long the view takes to its new place; at once for whoever asked their system for less motion. */
export function glideMs(ms: number): number {
  return typeof window !== "undefined" && window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
}
