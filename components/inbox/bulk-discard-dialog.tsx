"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { useRefetchItems } from "./item-actions.ts";
import { RedrivePlanView } from "./redrive-plan-view.tsx";
import { discardPlanQuery, type RedriveFilter } from "./redrive-queries.ts";

/** Many items leave the inbox without running again. It can be taken back as a whole as long as their runs are kept. */
export function BulkDiscardDialog({ filter, onClose }: { filter: RedriveFilter; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const router = useRouter();
  const refetch = useRefetchItems();
  const plan = useQuery(discardPlanQuery(filter));
  const count = plan.data?.total ?? 0;
  const start = useMutation({
    mutationFn: () => {
      const body = { act: "discard", filter, reason: reason.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) };
      return api.post<RedriveView>("/redrives", body, { idempotencyKey: crypto.randomUUID() });
    },
    onSuccess: (discard) => {
      onClose();
      router.push(`/inbox/redrives/${discard.id}`);
      void refetch();
    },
  });
  const problem = !plan.data
    ? "The plan is not there yet"
    : count === 0
      ? "No item is open"
      : reason.trim() === ""
        ? "Say why first"
        : null;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title="Discard many items"
      description="Their steps will not run again. The items stay visible under their issues, and can be brought back while their runs are kept."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="danger-solid" loading={start.isPending} disabledReason={problem} onClick={() => start.mutate()}>
            {plan.data ? `Discard ${plural(count, "item")}` : "Discard"}
          </Button>
        </>
      }
    >
      <RedrivePlanView plan={plan} />
      <Field label="Reason" className="mt-4">
        <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} data-autofocus />
      </Field>
      <Field label="Name" optional className="mt-3" help="What people will look for: the incident, say.">
        <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
      </Field>
      <ErrorLine error={start.error} className="mt-3" />
    </Dialog>
  );
}
