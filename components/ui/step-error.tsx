"use client";

import { useState } from "react";
import type { StepError } from "#lib/shared/api-types.ts";
import { CopyButton } from "./copy-button.tsx";
import { classWords, codeWords, hintOf } from "./error-words.ts";
import { sentence } from "./format.ts";
import { JsonView } from "./json-view.tsx";

/** An error: what it says, what that usually means, the details on demand. */
export function StepErrorView({ error }: { error: StepError }) {
  const [open, setOpen] = useState(false);
  const code = codeWords(error);
  const hasDetails = error.details !== null && JSON.stringify(error.details) !== "{}";
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-md bg-failed-tint px-3 py-2.5">
        <div className="flex items-start justify-between gap-2">
          <p className="wrap-anywhere font-medium text-failed">{sentence(error.message)}</p>
          <CopyButton text={error.message} label="error" className="-mt-1 -mr-1.5 text-failed" />
        </div>
        <p className="mt-1 flex flex-wrap gap-x-2 text-failed text-sm">
          <span>{classWords(error)}</span>
          {code === null ? null : <span className="font-mono">{code}</span>}
        </p>
      </div>
      <p className="text-fg-muted">{hintOf(error)}</p>
      {hasDetails ? (
        <div>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="rounded text-fg-muted hover:text-fg hover:underline"
          >
            {open ? "Hide the details" : "Show the details"}
          </button>
          {open ? <JsonView value={error.details} label="error" className="mt-2" /> : null}
        </div>
      ) : null}
    </div>
  );
}
