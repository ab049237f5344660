"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { orderOptions } from "#components/ui/bulk-order.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { errorOf, readNumber } from "#components/ui/read-number.ts";
import { Select } from "#components/ui/select.tsx";
import type { RunBatchPlan, RunBatchView } from "#lib/shared/run-batch-types.ts";
import { BatchPlanView } from "./batch-plan-view.tsx";
import { type BatchWish, batchPlanQuery, selectionOf } from "./batch-queries.ts";
import type { BulkAction, BulkTarget } from "./bulk.ts";
import { keyOptions } from "./replay-dialog.tsx";

export interface BulkRequest {
  action: BulkAction;
  target: BulkTarget;
}

const words = {
  replay: { verb: "Replay", rest: "A new run is made of each event, behind what comes in live.", none: "replayed" },
  cancel: {
    verb: "Cancel",
    rest: "Steps that did not start will not start. What was already sent cannot be taken back.",
    none: "canceled",
  },
  move: {
    verb: "Move",
    rest: "Those that wait go on by the live version of their workflow, where that can be shown to be safe; the others stay as they are, each with its reason.",
    none: "moved",
  },
} as const;

const versionOptions = [
  { value: "same", label: "The version of each run" },
  { value: "live", label: "The live version" },
] as const;

const usualRate = { replay: 10, cancel: 500, move: 100 } as const;
const ranges = { rate: { min: 0.01, max: 1_000 }, stop: { min: 1, max: 1_000_000, whole: true, empty: null } };

/** What is typed: as a wish once every number can be read, and the error of each field. */
function useWish(action: BulkAction) {
  const [fields, setFields] = useState({
    name: "",
    rate: String(usualRate[action]),
    stop: "",
    version: "same" as BatchWish["version"],
    keys: "same" as BatchWish["keys"],
    order: "oldest" as BatchWish["order"],
  });
  const rate = readNumber(fields.rate, ranges.rate);
  const stop = readNumber(fields.stop, ranges.stop);
  const { version, keys, order } = fields;
  const readable = "error" in rate || "error" in stop ? null : { rate: rate.value ?? usualRate[action], stop: stop.value };
  // The plan goes on being shown while a number is being typed.
  const wish: BatchWish = { action, version, keys, order, ratePerSecond: readable?.rate ?? usualRate[action] };
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change });
  return { fields, set, wish, readable, errors: { rate: errorOf(rate), stop: errorOf(stop) } };
}

/** What would be done, with honest counts, before it is begun. It then goes on by itself, on a page of its own. */
export function BulkDialog({ request, onClose }: { request: BulkRequest; onClose: () => void }) {
  const { action, target } = request;
  const router = useRouter();
  const { fields, set, wish, readable, errors } = useWish(action);
  const plan = useQuery(batchPlanQuery(target, wish));
  const start = useMutation({
    mutationFn: (stop: number | null) => {
      const name = fields.name.trim();
      const body = {
        selection: selectionOf(target),
        ...wish,
        ...(name ? { name } : {}),
        ...(stop === null ? {} : { stopAfterFailures: stop }),
      };
      return api.post<RunBatchView>("/run-batches", body, { idempotencyKey: crypto.randomUUID() });
    },
    onSuccess: (batch) => {
      onClose();
      router.push(`/runs/bulk/${batch.id}`);
    },
  });
  const { verb, rest } = words[action];
  const count = plan.data ? plural(plan.data.eligible, "run") : "runs";
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${verb} ${count}?`}
      description={`Exactly the runs that match when it is started, none that arrives later. ${rest}`}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button
            data-confirm
            variant={action === "cancel" ? "danger-solid" : "primary"}
            loading={start.isPending}
            disabledReason={reasonOf(action, plan.data, readable !== null)}
            onClick={() => (readable ? start.mutate(readable.stop) : undefined)}
          >
            {verb} {count}
          </Button>
        </>
      }
    >
      <BatchPlanView plan={plan} />
      {action === "replay" ? (
        <div className="mt-4 grid gap-3 sm:grid-cols-2">
          <Field label="Version">
            <Select options={versionOptions} value={fields.version} onValueChange={(version) => set({ version })} />
          </Field>
          <Field label="Keys">
            <Select options={keyOptions} value={fields.keys} onValueChange={(keys) => set({ keys })} />
          </Field>
          <Field label="Runs a second" error={errors.rate} help="Throttles and retries hold as always.">
            <Input inputMode="decimal" value={fields.rate} onChange={(event) => set({ rate: event.target.value })} />
          </Field>
          <Field label="Order" help="By the time of their events.">
            <Select options={orderOptions} value={fields.order} onValueChange={(order) => set({ order })} />
          </Field>
          <Field label="Stop after failures" optional error={errors.stop} help="Pauses when so many have failed.">
            <Input inputMode="numeric" value={fields.stop} onChange={(event) => set({ stop: event.target.value })} placeholder="Never" />
          </Field>
        </div>
      ) : null}
      <Field label="Name" optional className="mt-3" help="What people will look for: the incident, say.">
        <Input value={fields.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <ErrorLine error={start.error} className="mt-3" />
    </Dialog>
  );
}

function reasonOf(action: BulkAction, plan: RunBatchPlan | undefined, readable: boolean): string | null {
  if (!plan) return "Counting";
  if (!plan.complete) return `At most ${formatCount(plan.total)} at once: narrow the filter, for example by time`;
  if (plan.eligible === 0) return `None of these runs can be ${words[action].none}`;
  return readable ? null : "Correct the numbers first";
}
