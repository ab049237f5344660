"use client";

import { useId } from "react";
import { FieldError } from "#components/ui/field.tsx";
import { NumberInput } from "../form/number-widgets.tsx";
import { shareProblem } from "../rollout/share.ts";

/** Who gets a version: every new event, or a share of them beside the live version. */
export type Audience = { kind: "all" } | { kind: "share"; percent: number | string | undefined };

export const allEvents: Audience = { kind: "all" };
const usualShare = 10;

/** What is wrong with a choice; null when nothing is. */
export function audienceProblem(audience: Audience): string | null {
  return audience.kind === "all" ? null : shareProblem(audience.percent);
}

/** Asks who gets the version. */
export function AudienceChoice({ value, onChange, live }: { value: Audience; onChange: (value: Audience) => void; live: number }) {
  const name = useId();
  const errorId = useId();
  const problem = audienceProblem(value);
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">Who gets it</legend>
      <label className="flex items-start gap-2">
        <input
          type="radio"
          name={name}
          className="mt-0.75 accent-accent"
          checked={value.kind === "all"}
          onChange={() => onChange(allEvents)}
        />
        <span>
          All new events, at once
          <span className="block text-fg-muted text-sm">Version {live} takes no more of them.</span>
        </span>
      </label>
      <div className="flex items-start gap-2">
        <input
          id={`${name}-share`}
          type="radio"
          name={name}
          className="mt-0.75 accent-accent"
          checked={value.kind === "share"}
          onChange={() => onChange({ kind: "share", percent: usualShare })}
        />
        <div className="min-w-0 flex-1">
          <label htmlFor={`${name}-share`}>
            A share of them, beside version {live}
            <span className="block text-fg-muted text-sm">
              Both are compared, and its trial is paused by itself if it fails more. An event stays with its version.
            </span>
          </label>
          {value.kind === "share" ? (
            <div className="mt-1.5 flex items-center gap-1.5">
              <NumberInput
                aria-label="Share in percent"
                aria-invalid={problem !== null}
                aria-describedby={errorId}
                className="w-20"
                value={value.percent}
                onValueChange={(percent) => onChange({ kind: "share", percent })}
              />
              % <FieldError id={errorId} message={problem} />
            </div>
          ) : null}
        </div>
      </div>
    </fieldset>
  );
}
