"use client";

import { useEffect } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

export interface PageCrashProps {
  error: Error & { digest?: string };
  /** Draws the page again. */
  reset: () => void;
}

/** A page that broke: the rest of the application goes on. */
export function PageCrash({ error, reset }: PageCrashProps) {
  useEffect(() => console.error(error), [error]);
  return (
    <>
      <h1 className="sr-only">Error</h1>
      <ErrorState title="This page broke" error={error} onRetry={reset} className="pb-4" />
      <div className="flex justify-center">
        <ButtonLink href="/workflows" variant="ghost">
          Go to the workflows
        </ButtonLink>
      </div>
    </>
  );
}
