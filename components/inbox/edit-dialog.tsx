"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { JsonDiff } from "#components/ui/json-diff.tsx";
import { JsonEditor } from "#components/ui/json-editor.tsx";
import type { DeadLetterView } from "#lib/shared/api-types.ts";
import { useRedrive } from "./item-actions.ts";
import { parseJson } from "./parse-json.ts";

function keyWords(changed: boolean): string {
  return changed
    ? "Another input goes out under a new idempotency key: the other side may have kept its answer to the old one."
    : "Same idempotency key: if the call took effect already, the other side can tell.";
}

/** Correct the input of the failed step and run it again. The original is kept beside the correction. */
export function EditDialog({ item, onClose }: { item: DeadLetterView; onClose: () => void }) {
  const original = JSON.stringify(item.input, null, 2);
  const [text, setText] = useState(original);
  const redrive = useRedrive(item, onClose);
  const parsed = parseJson(text);
  const error = "error" in parsed ? parsed.error : null;
  const edited = "value" in parsed ? JSON.stringify(parsed.value, null, 2) : null;
  const changed = edited !== null && edited !== original;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="xl"
      title={`Edit and redrive ${item.nodeName}`}
      description="The same run goes on from this step with the corrected input. Earlier steps are not repeated, and the original stays stored."
      footer={
        <>
          <p className="mr-auto text-fg-muted text-sm">{keyWords(changed)}</p>
          {changed ? <Button onClick={() => setText(original)}>Start over</Button> : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={redrive.isPending}
            disabledReason={error}
            onClick={() => ("value" in parsed ? redrive.mutate(changed ? parsed.value : undefined) : undefined)}
          >
            {changed ? "Redrive with changes" : "Redrive unchanged"}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 md:grid-cols-2">
        <section>
          <h3 className="mb-1.5 font-medium text-fg-muted text-sm">As it failed (read-only)</h3>
          <JsonEditor label="Original input" value={original} readOnly className="h-[min(22rem,38dvh)]" />
        </section>
        <section>
          <h3 className="mb-1.5 font-medium text-sm">Corrected</h3>
          <JsonEditor
            label="Corrected input"
            value={text}
            onValueChange={setText}
            aria-invalid={error !== null}
            className="h-[min(22rem,38dvh)]"
          />
          <FieldError message={error} />
        </section>
      </div>
      {changed ? (
        <section className="mt-4">
          <h3 className="mb-1.5 font-medium text-fg-muted text-sm">What changes</h3>
          <JsonDiff left={original} right={edited} leftLabel="As it failed" rightLabel="Corrected" />
        </section>
      ) : null}
      <ErrorLine error={redrive.error} className="mt-4" />
    </Dialog>
  );
}
