"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useSession } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TriggerView } from "#lib/shared/api-types.ts";
import { workflowQuery } from "../queries.ts";

type From = "now" | "beginning";

const choices: { from: From; title: string; text: string }[] = [
  {
    from: "now",
    title: "From now",
    text: "What the list holds is taken note of and starts nothing. Runs start with what is new after that.",
  },
  { from: "beginning", title: "Everything again", text: "All that the list holds starts a run, also what started one before." },
];

/** Lets a poll trigger forget how far it has read. */
export function BeginAnew({ workflowId, nodeId }: { workflowId: string; nodeId: string }) {
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState<From>("now");
  const client = useQueryClient();
  const mayOperate = useSession().permissions.includes("workflows:operate");
  const reset = useMutation({
    mutationFn: () => api.post<TriggerView>(`/workflows/${workflowId}/nodes/${encodeURIComponent(nodeId)}/poll-reset`, { from }),
    onSuccess: () => {
      setOpen(false);
      toast.success("The trigger begins anew");
      void client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey, exact: true });
    },
    onError: (error) => toast.error("The trigger did not begin anew", { description: messageOf(error) }),
  });
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={<RotateCcw aria-hidden />}
        disabledReason={mayOperate ? null : "Your role may not operate workflows"}
        onClick={() => setOpen(true)}
      >
        Begin anew…
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Begin anew"
        confirmLabel={from === "now" ? "Begin from now" : "Read everything again"}
        danger={from === "beginning"}
        loading={reset.isPending}
        onConfirm={() => reset.mutate()}
      >
        <p>The trigger forgets how far it has read. This cannot be taken back.</p>
        <fieldset className="flex flex-col gap-2">
          <legend className="sr-only">Where to begin</legend>
          {choices.map((choice) => (
            <label
              key={choice.from}
              className={cn(
                "flex cursor-pointer items-start gap-2.5 rounded-md border p-3 has-focus-visible:outline-2 has-focus-visible:outline-accent",
                from === choice.from && "border-accent bg-muted",
              )}
            >
              <input
                type="radio"
                name="from"
                className="mt-0.5 accent-(--accent)"
                checked={from === choice.from}
                onChange={() => setFrom(choice.from)}
              />
              <span>
                <span className="block font-medium text-fg">{choice.title}</span>
                <span className="text-sm">{choice.text}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </ConfirmDialog>
    </>
  );
}
