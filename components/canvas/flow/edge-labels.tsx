"use client";

import { useStore } from "@xyflow/react";
import { createContext, type ReactNode, use } from "react";
import { createPortal } from "react-dom";

const LabelLayer = createContext<Element | null>(null);

/**
 * Tells the wires inside where their labels go. React Flow has an `EdgeLabelRenderer` for that, which searches the page for the
 * place once for each wire at each move.
 */
export function EdgeLabelLayer({ children }: { children: ReactNode }) {
  const layer = useStore((state) => state.domNode?.querySelector(".react-flow__edgelabel-renderer") ?? null);
  return <LabelLayer value={layer}>{children}</LabelLayer>;
}

/** Draws its children above the wires, in canvas coordinates. */
export function EdgeLabel({ children }: { children: ReactNode }) {
  const layer = use(LabelLayer);
  return layer === null ? null : createPortal(children, layer);
}
