import { lazyPart } from "#components/ui/lazy.tsx";

/** The panel of a step, with all its forms, previews and editors. */
export const NodePanel = lazyPart(async () => (await import("./node-panel.tsx")).NodePanel);
