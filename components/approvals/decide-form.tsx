"use client";

import { Check, X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { useDecision } from "./queries.ts";

/** Approve or reject, with a comment. Somebody else may be quicker: then the page shows what they decided. */
export function DecideForm({ approval }: { approval: ApprovalView }) {
  const [comment, setComment] = useState("");
  const decision = useDecision(approval.id);
  const reason = approval.mayDecide ? null : "You are not among those who may decide this";
  const decide = (wish: "approved" | "rejected") =>
    decision.mutate(
      { decision: wish, comment: comment.trim() },
      {
        onSuccess: ({ decision: stored }) => {
          if (stored?.decision === wish) toast.success(wish === "approved" ? "Approved" : "Rejected", { description: "The run goes on." });
          else toast.error("Somebody else was quicker", { description: `${stored?.by ?? "Somebody"} has decided already.` });
        },
      },
    );
  const chosen = decision.isPending ? decision.variables.decision : null;
  return (
    <section aria-label="Decide" className="flex flex-col gap-3">
      <Field label="Comment" help="Goes on with the run, for whoever reads it later. It may stay empty.">
        <Textarea value={comment} onChange={(event) => setComment(event.target.value)} maxLength={2_000} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={<Check aria-hidden />}
          loading={chosen === "approved"}
          disabledReason={reason}
          onClick={() => decide("approved")}
        >
          Approve
        </Button>
        <Button icon={<X aria-hidden />} loading={chosen === "rejected"} disabledReason={reason} onClick={() => decide("rejected")}>
          Reject
        </Button>
      </div>
      {reason ? <p className="text-fg-muted text-sm">{reason}.</p> : null}
      <ErrorLine error={decision.error} />
    </section>
  );
}
