"use client";

import { Suspense, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { JsonEditor } from "#components/ui/json-editor.tsx";
import { lazyDialog, usePrefetch } from "#components/ui/lazy.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";
import { type Decision, useDecide, useDiscard } from "./item-actions.ts";
import { parseJson } from "./parse-json.ts";
import { useDoing } from "./presence.tsx";
import { SplitDialog } from "./split-dialog.tsx";

// With its editor, so that the focus finds it when the dialog opens.
const ReplayDialog = lazyDialog(async () => (await import("./replay-dialog.tsx")).ReplayDialog);

export type ItemDialog = "redrive" | "edit" | "discard" | "decide" | "split";

interface ItemDialogProps {
  item: DeadLetterView;
  onClose: () => void;
}

/** The dialogs of an item; one at a time. */
export function ItemDialogs({ item, dialog, onClose }: ItemDialogProps & { dialog: ItemDialog | null }) {
  usePrefetch(ReplayDialog);
  useDoing("redriving", dialog === "redrive" || dialog === "edit");
  if (dialog === "redrive" || dialog === "edit") {
    return (
      <Suspense>
        <ReplayDialog item={item} edits={dialog === "edit"} onClose={onClose} />
      </Suspense>
    );
  }
  if (dialog === "discard") return <DiscardDialog item={item} onClose={onClose} />;
  if (dialog === "split") return <SplitDialog item={item} onClose={onClose} />;
  if (dialog === "decide") return <DecideDialog item={item} onClose={onClose} />;
  return null;
}

function DiscardDialog({ item, onClose }: ItemDialogProps) {
  const [reason, setReason] = useState("");
  const discard = useDiscard(item, onClose);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Discard this item?"
      description="Its step will not run again. The item stays visible under its issue, with your reason, and can be brought back."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="danger-solid"
            loading={discard.isPending}
            disabledReason={reason.trim() === "" ? "Say why first" : null}
            onClick={() => discard.mutate(reason.trim())}
          >
            Discard 1 item
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Reason">
          <Textarea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
        </Field>
        <ErrorLine error={discard.error} />
      </div>
    </Dialog>
  );
}

const lookUp = {
  as: "look-up",
  title: "Ask the remote",
  text: "The step's look-up is made once more. Found, its result is taken; not found, the call is made; else the item comes back.",
} as const;

const choices: readonly { as: Decision["as"]; title: string; text: string }[] = [
  { as: "done", title: "It took effect", text: "The step counts as succeeded, with the result you give; the run goes on." },
  { as: "repeat", title: "It did not; send it again", text: "The call is made once more, under a new idempotency key." },
  { as: "failed", title: "Give it up", text: "The step counts as failed and the item is closed." },
];

const verbs: Partial<Record<Decision["as"], string>> = { repeat: "Send again", "look-up": "Ask now" };

function DecideDialog({ item, onClose }: ItemDialogProps) {
  const [as, setAs] = useState<Decision["as"] | null>(null);
  const [result, setResult] = useState("{}");
  const decide = useDecide(item, onClose);
  const parsed = parseJson(result);
  const reason = as === null ? "Choose one" : as === "done" && "error" in parsed ? "The result is not valid JSON" : null;
  const submit = () => {
    if (as === null) return;
    decide.mutate(as === "done" && "value" in parsed ? { as, result: parsed.value } : { as });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={`What happened to ${item.nodeName}?`}
      description="The request left and no answer came back. Look at the other side before you decide."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" loading={decide.isPending} disabledReason={reason} onClick={submit}>
            {as === null ? "Record decision" : (verbs[as] ?? "Record decision")}
          </Button>
        </>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">Outcome</legend>
        {(item.canLookUp ? [lookUp, ...choices] : choices).map((choice) => (
          <Choice key={choice.as} title={choice.title} text={choice.text} checked={as === choice.as} onPick={() => setAs(choice.as)} />
        ))}
      </fieldset>
      {as === "done" ? (
        <Field
          label="Result"
          help="What the step would have given; later steps read it."
          className="mt-3"
          error={"error" in parsed ? parsed.error : null}
        >
          <JsonEditor label="Result" value={result} onValueChange={setResult} className="h-32" />
        </Field>
      ) : null}
      <ErrorLine error={decide.error} className="mt-3" />
    </Dialog>
  );
}

function Choice({ title, text, checked, onPick }: { title: string; text: string; checked: boolean; onPick: () => void }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        "flex items-start gap-2.5 rounded-md border px-3 py-2.5 hover:bg-hover",
        checked && "border-accent bg-accent-tint hover:bg-accent-tint",
      )}
    >
      <input id={id} type="radio" name="outcome" checked={checked} onChange={onPick} className="mt-1 accent-accent" />
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-fg-muted text-sm">{text}</span>
      </span>
    </label>
  );
}
