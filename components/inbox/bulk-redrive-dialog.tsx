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
import { plural } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { errorOf, type NumberRange, readNumber } from "#components/ui/read-number.ts";
import { Select } from "#components/ui/select.tsx";
import type { BulkOrder } from "#lib/shared/bulk-order.ts";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { type BulkEdit, readEdit } from "./bulk-edit.ts";
import { BulkEditFields } from "./bulk-edit-fields.tsx";
import { useRefetchItems } from "./item-actions.ts";
import { RedrivingToo, useDoing } from "./presence.tsx";
import { RedrivePlanView } from "./redrive-plan-view.tsx";
import { type RedriveFilter, redrivePlanQuery } from "./redrive-queries.ts";

const ranges = {
  rate: { min: 0.01, max: 1_000 },
  canary: { min: 0, max: 1_000, whole: true, empty: 0 },
  stop: { min: 1, max: 1_000_000, whole: true, empty: null },
} satisfies Record<string, NumberRange>;

const usualRate = 10;
const empty = { name: "", rate: String(usualRate), order: "oldest" as BulkOrder, canary: "1", stop: "", path: "", value: "" };

interface Wish {
  name: string;
  ratePerSecond: number;
  order: BulkOrder;
  canary: number;
  stopAfterFailures: number | null;
  edit: BulkEdit | null;
}

/** What is typed: as a wish, once every number can be read, and the error of each field. */
function useWish() {
  const [fields, setFields] = useState(empty);
  const rate = readNumber(fields.rate, ranges.rate);
  const canary = readNumber(fields.canary, ranges.canary);
  const stop = readNumber(fields.stop, ranges.stop);
  const edit = readEdit(fields.path, fields.value);
  const errors = { rate: errorOf(rate), canary: errorOf(canary), stop: errorOf(stop), edit: "edit" in edit ? {} : edit };
  const wish: Wish | null =
    "error" in rate || "error" in canary || "error" in stop || !("edit" in edit)
      ? null
      : {
          name: fields.name.trim(),
          ratePerSecond: rate.value ?? usualRate,
          order: fields.order,
          canary: canary.value ?? 0,
          stopAfterFailures: stop.value,
          edit: edit.edit,
        };
  const set = (change: Partial<typeof empty>) => setFields({ ...fields, ...change });
  return { fields, set, errors, wish };
}

function useStart(filter: RedriveFilter, onDone: () => void) {
  const router = useRouter();
  const refetch = useRefetchItems();
  return useMutation({
    mutationFn: ({ name, stopAfterFailures, edit, ...wish }: Wish) => {
      const optional = {
        ...(name ? { name } : {}),
        ...(stopAfterFailures === null ? {} : { stopAfterFailures }),
        ...(edit === null ? {} : { edit }),
      };
      const body = { filter, ...wish, ...optional };
      return api.post<RedriveView>("/redrives", body, { idempotencyKey: crypto.randomUUID() });
    },
    onSuccess: (redrive) => {
      onDone();
      router.push(`/inbox/redrives/${redrive.id}`);
      void refetch();
    },
  });
}

/** First the plan, then how fast and how carefully. The server does the rest, whether this browser stays or not. */
export function BulkRedriveDialog({ filter, onClose }: { filter: RedriveFilter; onClose: () => void }) {
  useDoing("redriving");
  const { fields, set, errors, wish } = useWish();
  const plan = useQuery(redrivePlanQuery(filter, wish ?? { ratePerSecond: usualRate, order: fields.order, edit: null }));
  const start = useStart(filter, onClose);
  const count = plan.data?.redrivable ?? 0;
  const samples = plan.data?.samples ?? [];
  const spoilt = samples.find((sample) => sample.problem !== null)?.problem ?? null;
  const reason = reasonOf({ wish, planned: plan.data !== undefined && !plan.isPlaceholderData, count }) ?? spoilt;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title="Redrive many items"
      description="Each run goes on from its failed step, with its frozen input and the same idempotency keys. Live events go first."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={start.isPending}
            disabledReason={reason}
            onClick={() => (wish ? start.mutate(wish) : undefined)}
          >
            {plan.data ? `Redrive ${plural(count, "item")}` : "Redrive"}
          </Button>
        </>
      }
    >
      <RedrivingToo />
      <RedrivePlanView plan={plan} />
      <div className="mt-4 grid gap-3 sm:grid-cols-2">
        <Field label="Items a second" error={errors.rate} help="Throttles and retries hold as always.">
          <Input inputMode="decimal" value={fields.rate} onChange={(event) => set({ rate: event.target.value })} />
        </Field>
        <Field label="Order" help="By the time of their events.">
          <Select options={orderOptions} value={fields.order} onValueChange={(order) => set({ order })} />
        </Field>
        <Field label="Try first" error={errors.canary} help="So many alone; if one fails, it pauses and asks.">
          <Input inputMode="numeric" value={fields.canary} onChange={(event) => set({ canary: event.target.value })} />
        </Field>
        <Field label="Stop after failures" optional error={errors.stop} help="Pauses when so many failed again.">
          <Input inputMode="numeric" value={fields.stop} onChange={(event) => set({ stop: event.target.value })} placeholder="Never" />
        </Field>
      </div>
      <BulkEditFields
        path={fields.path}
        value={fields.value}
        onChange={set}
        errors={errors.edit}
        edit={wish?.edit ?? null}
        samples={samples}
      />
      <Field label="Name" optional className="mt-3" help="What people will look for: the incident, say.">
        <Input value={fields.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <ErrorLine error={start.error} className="mt-3" />
    </Dialog>
  );
}

function reasonOf({ wish, planned, count }: { wish: Wish | null; planned: boolean; count: number }): string | null {
  if (!planned) return "The plan is not there yet";
  if (count === 0) return "None of these items can be redriven";
  return wish === null ? "Correct what is marked first" : null;
}
