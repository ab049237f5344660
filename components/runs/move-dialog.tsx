"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { sentence, shortId } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RunSummary } from "#lib/shared/api-types.ts";
import type { RunMoveOutcome } from "#lib/shared/run-ties.ts";

const versionOptions = [
  { value: "live", label: "The live version" },
  { value: "number", label: "Another version" },
] as const;

type Choice = (typeof versionOptions)[number]["value"];

/** A run that waits goes on by another version: whether it can, and if not, which steps stand against it. */
export function MoveDialog({ run, onClose }: { run: RunSummary; onClose: () => void }) {
  const client = useQueryClient();
  const [choice, setChoice] = useState<Choice>("live");
  const [number, setNumber] = useState("");
  const version = choice === "live" ? choice : Number(number);
  const readable = choice === "live" || /^[1-9]\d{0,8}$/.test(number);
  const plan = useQuery({
    queryKey: ["move-plan", run.id, version],
    queryFn: ({ signal }) => api.post<RunMoveOutcome>(`/runs/${run.id}/move`, { version, dryRun: true }, { signal }),
    placeholderData: keepPreviousData,
    // Each opening asks anew: the run and the versions go on meanwhile.
    gcTime: 0,
    staleTime: 0,
    enabled: readable,
  });
  const move = useMutation({
    mutationFn: () => api.post<RunMoveOutcome>(`/runs/${run.id}/move`, { version }),
    onSuccess: async ({ toVersion }) => {
      onClose();
      toast.success(`The run goes on by version ${toVersion}`);
      await Promise.all([client.invalidateQueries({ queryKey: ["run", run.id] }), client.invalidateQueries({ queryKey: ["runs"] })]);
    },
    onError: () => void plan.refetch(),
  });
  return (
    <Dialog
      open
      width="md"
      onOpenChange={onClose}
      title={`Move run ${shortId(run.id)} to another version?`}
      description="What it has done stays done. What it waits for goes on: its time, its call back, its place in a queue. All that comes after is done by the other version."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={move.isPending}
            disabledReason={reasonOf(plan.data, readable, plan.isFetching)}
            onClick={() => move.mutate()}
          >
            Move run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid gap-3 pt-0.5 sm:grid-cols-2">
          <Field label="Version">
            <Select options={versionOptions} value={choice} onValueChange={setChoice} />
          </Field>
          {choice === "number" ? (
            <Field label="Version number" error={number !== "" && !readable ? "A version is a whole number, 1 or more" : undefined}>
              <Input inputMode="numeric" value={number} onChange={(event) => setNumber(event.target.value)} />
            </Field>
          ) : null}
        </div>
        {readable ? <Plan plan={plan.data} /> : null}
        <ErrorLine error={plan.error ?? move.error} />
      </div>
    </Dialog>
  );
}

function reasonOf(plan: RunMoveOutcome | undefined, readable: boolean, asking: boolean): string | null {
  if (!readable) return "Give the number of a version";
  if (!plan || asking) return "Looking whether it can be moved";
  return plan.obstacles.length > 0 ? "It cannot be moved, for the reasons above" : null;
}

function Plan({ plan }: { plan: RunMoveOutcome | undefined }) {
  if (!plan) return <SkeletonRows rows={2} label="Looking whether it can be moved" />;
  const { fromVersion, toVersion, obstacles } = plan;
  if (obstacles.length === 0) {
    return (
      <p role="status" className="flex items-start gap-2 rounded-md border px-3 py-2.5">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-succeeded" />
        <span>
          It can go on from v{fromVersion} to v{toVersion}: every step it has begun stands in both, and where it waits is the same.
        </span>
      </p>
    );
  }
  return (
    <section aria-label="Why it cannot be moved" className="rounded-md border bg-retrying-tint px-3 py-2.5 text-retrying">
      <p role="status" className="flex items-start gap-2 font-medium">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {toVersion === null ? "It cannot be moved" : `It cannot go on by v${toVersion}`}
      </p>
      <ul className="mt-1.5 flex list-disc flex-col gap-1 pl-10">
        {obstacles.map(({ message }) => (
          <li key={message}>{sentence(message)}</li>
        ))}
      </ul>
      <p className="mt-2 pl-6">Let it end by the version it has, or cancel it and replay it on the other.</p>
    </section>
  );
}
