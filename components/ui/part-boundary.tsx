"use client";

import { RotateCw, TriangleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

/** The code of a part of the page did not come. */
export class NotFetched extends Error {
  static because(this: void, cause: unknown): never {
    throw new NotFetched("a part of the page could not be fetched", { cause });
  }
}

interface PartBoundaryProps {
  /** How often the part was fetched. */
  tries: number;
  /** Says it above the page rather than in its place. */
  floats: boolean;
  onRetry: () => void;
  children: ReactNode;
}

/** Around a part that is fetched by itself: tells when that failed. All other faults go on to whoever is above. */
export class PartBoundary extends Component<PartBoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { children, tries, floats, onRetry } = this.props;
    if (error === null) return children;
    if (!(error instanceof NotFetched)) throw error;
    if (!floats) return <NotFetchedLine tries={tries} onRetry={onRetry} className="m-2" />;
    const line = <NotFetchedLine tries={tries} onRetry={onRetry} className="fixed inset-x-3 bottom-4 z-50 mx-auto max-w-lg shadow-float" />;
    return createPortal(line, document.body);
  }
}

/** The second time there may be a newer release, whose parts have other names. */
function NotFetchedLine({ tries, onRetry, className }: { tries: number; onRetry: () => void; className: string }) {
  return (
    <div role="alert" className={cn("flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-md border bg-float px-3 py-2", className)}>
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
      <p className="min-w-48 flex-1">
        This part of the page could not be fetched.{" "}
        <span className="text-fg-muted">
          {tries === 1 ? "Sluice may be away for a moment." : "If Sluice was updated meanwhile, the page has to be loaded anew."}
        </span>
      </p>
      <span className="flex gap-1.5">
        {tries === 1 ? null : (
          <Button size="sm" variant="ghost" onClick={() => location.reload()}>
            Reload the page
          </Button>
        )}
        <Button size="sm" icon={<RotateCw aria-hidden />} onClick={onRetry}>
          Try again
        </Button>
      </span>
    </div>
  );
}
