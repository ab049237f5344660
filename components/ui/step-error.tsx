"use client";

import { useState } from "react";
import type { StepError } from "#lib/shared/api-types.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";
import { CopyButton } from "./copy-button.tsx";
import { sentence } from "./format.ts";
import { JsonView } from "./json-view.tsx";

/** What a failure class usually means, for somebody who meets it the first time. */
const hints: Record<FailureClass, string> = {
  throttled: "The other side asked to slow down. Such calls are repeated by themselves.",
  unavailable: "The other side was down or overloaded. Such calls are repeated by themselves.",
  transient: "The connection failed on the way. Such calls are repeated by themselves when that is safe.",
  timeout: "No answer came in time.",
  conflict: "The other side was busy with the same thing.",
  auth: "The credential was refused. Look at the connection.",
  permanent: "The other side refused the request. Repeating the same will not help: correct the input or the workflow.",
  validation: "The input does not have the shape this step asks for.",
  output_invalid: "The answer does not have the shape this step promises.",
  code: "An expression of the step failed on this data.",
  cancelled: "Somebody canceled the run.",
  lost: "The worker died meanwhile.",
  unknown_outcome: "The request left and no answer came back: nobody knows whether it took effect. Look at the other side, then decide.",
};

/** An error: what it says, what that usually means, the details on demand. */
export function StepErrorView({ error }: { error: StepError }) {
  const [open, setOpen] = useState(false);
  const hasDetails = error.details !== null && JSON.stringify(error.details) !== "{}";
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-md bg-failed-tint px-3 py-2.5">
        <div className="flex items-start justify-between gap-2">
          <p className="wrap-anywhere font-medium text-failed">{sentence(error.message)}</p>
          <CopyButton text={error.message} label="error" className="-mt-1 -mr-1.5 text-failed" />
        </div>
        <p className="mt-1 flex flex-wrap gap-x-2 text-failed text-sm">
          <span>{error.class.replace("_", " ")}</span>
          {error.code ? <span className="font-mono">{error.code}</span> : null}
        </p>
      </div>
      <p className="text-fg-muted">{hints[error.class]}</p>
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
