"use client";

import { type RefObject, useEffect, useState } from "react";
import { AnchoredTooltip, tooltipDelayMs } from "#components/ui/tooltip.tsx";

/**
 * Shows the `data-hint` of whatever part of the canvas the mouse rests on. One tooltip for all of them: with one each, a large
 * workflow would have a thousand, and most of what its opening takes would be theirs.
 */
export function CanvasHints({ canvas }: { canvas: RefObject<HTMLElement | null> }) {
  const [hinted, setHinted] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const element = canvas.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (next: HTMLElement | null, afterMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => setHinted(next), afterMs);
    };
    const onOver = (event: PointerEvent) => {
      const under = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-hint]") : null;
      if (event.pointerType === "mouse") show(under, under === null ? 0 : tooltipDelayMs);
    };
    const hide = () => show(null, 0);
    element?.addEventListener("pointerover", onOver);
    element?.addEventListener("pointerleave", hide);
    element?.addEventListener("pointerdown", hide);
    element?.addEventListener("wheel", hide, { passive: true });
    return () => {
      clearTimeout(timer);
      element?.removeEventListener("pointerover", onOver);
      element?.removeEventListener("pointerleave", hide);
      element?.removeEventListener("pointerdown", hide);
      element?.removeEventListener("wheel", hide);
    };
  }, [canvas]);
  return <AnchoredTooltip anchor={hinted} content={hinted?.dataset.hint} onHide={() => setHinted(null)} />;
}
