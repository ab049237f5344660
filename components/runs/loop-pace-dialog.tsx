"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { errorOf, readNumber } from "#components/ui/read-number.ts";
import { toast } from "#components/ui/toast.tsx";
import type { StepView } from "#lib/shared/api-types.ts";
import type { LoopPaceView, LoopView } from "#lib/shared/loop-types.ts";

interface LoopPaceDialogProps {
  runId: string;
  step: StepView;
  loop: LoopView;
  onClose: () => void;
}

/** Changes how many items of a loop may be under way and may fail, while it goes on. */
export function LoopPaceDialog({ runId, step, loop, onClose }: LoopPaceDialogProps) {
  const client = useQueryClient();
  const pace = usePace(loop);
  const change = useMutation({
    mutationFn: () => api.put<LoopPaceView>(`/runs/${runId}/steps/${step.id}/loop`, pace.value),
    onSuccess: async () => {
      onClose();
      toast.success("The loop goes on at the new pace");
      await client.invalidateQueries({ queryKey: ["step", runId, step.id] });
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={`Change the pace of ${step.name}?`}
      description="For this run only, from now on. Items under way are let finish; the workflow stays as it is."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" disabledReason={pace.problem} loading={change.isPending} onClick={() => change.mutate()}>
            Change pace
          </Button>
        </>
      }
    >
      <div className="grid gap-3 pt-0.5 sm:grid-cols-3">
        <Field label="At the same time" error={pace.errors.concurrency}>
          <Input data-autofocus inputMode="numeric" {...pace.input("concurrency")} />
        </Field>
        <Field label="Items that may fail" optional error={pace.errors.count}>
          <Input inputMode="numeric" {...pace.input("count")} />
        </Field>
        <Field label="Percent that may fail" optional error={pace.errors.percent}>
          <Input inputMode="decimal" {...pace.input("percent")} />
        </Field>
      </div>
      <p className="mt-3 text-fg-muted">Left empty, the first item that fails ends the loop. With both, the first limit that is passed.</p>
      <ErrorLine error={change.error} />
    </Dialog>
  );
}

/** What is typed, as a pace; or why it is none. */
function usePace(loop: LoopPaceView) {
  const [fields, setFields] = useState({
    concurrency: String(loop.concurrency),
    count: String(loop.tolerate.count ?? ""),
    percent: String(loop.tolerate.percent ?? ""),
  });
  const concurrency = readNumber(fields.concurrency, { min: 1, max: 100, whole: true });
  const count = readNumber(fields.count, { min: 0, max: 10_000, whole: true, empty: null });
  const percent = readNumber(fields.percent, { min: 0, max: 100, empty: null });
  const errors = { concurrency: errorOf(concurrency), count: errorOf(count), percent: errorOf(percent) };
  const value = {
    ...("value" in concurrency && concurrency.value !== null ? { concurrency: concurrency.value } : {}),
    tolerate: {
      ...("value" in count && count.value !== null ? { count: count.value } : {}),
      ...("value" in percent && percent.value !== null ? { percent: percent.value } : {}),
    },
  };
  const input = (name: keyof typeof fields) => ({
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });
  return { errors, problem: errors.concurrency ?? errors.count ?? errors.percent, value, input };
}
