"use client";

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useEffect, useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { DeadLetterView, DryRun, ReplayPlan } from "#lib/shared/inbox-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { DryRunView } from "./dry-run-view.tsx";
import { useRedrive } from "./item-actions.ts";
import { parseJson } from "./parse-json.ts";
import { RedrivingToo } from "./presence.tsx";
import { editableOf, type ReplayBody, type ReplayChoice, replayPlanQuery, toBody } from "./replay-choice.ts";
import { ReplayEditor } from "./replay-editor.tsx";
import { ReplayOptions } from "./replay-options.tsx";
import { ReplayPlanView } from "./replay-plan-view.tsx";

const typingMs = 300;
const usual: ReplayChoice = { from: "failed", version: "same", keys: "same" };

function pretty(value: JsonValue): string {
  return JSON.stringify(value, null, 2);
}

/** The edited text beside what it was made from; it begins anew when something else is edited. */
function useEdited(original: string) {
  const [state, setState] = useState({ original, text: original });
  const text = state.original === original ? state.text : original;
  const parsed = parseJson(text);
  const edited = "value" in parsed ? pretty(parsed.value) : null;
  return {
    text,
    setText: (next: string) => setState({ original, text: next }),
    edited,
    error: "error" in parsed ? parsed.error : null,
    /** Only when it differs. */
    value: "value" in parsed && edited !== original ? parsed.value : undefined,
  };
}

/** The same value a moment after it has come to rest. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface Checked {
  plan: ReplayPlan | undefined;
  error: unknown;
  checking: boolean;
}

/** Asks the server what the choice would do, once typing has paused. */
function useChecked(itemId: string, body: ReplayBody): Checked {
  const wanted = JSON.stringify(body);
  const asked = useSettled(wanted);
  const query = useQuery({
    ...replayPlanQuery(itemId, JSON.parse(asked) as ReplayBody), // safe because it was made from one above
    placeholderData: keepPreviousData,
  });
  return { plan: query.data, error: query.error, checking: asked !== wanted || query.isFetching };
}

function reasonOf({ plan, error, checking }: Checked, jsonError: string | null): string | null {
  if (jsonError !== null) return jsonError;
  if (checking) return "Still checking what would happen";
  if (error) return "It cannot be told what would happen";
  return plan?.problems[0] ?? null;
}

/** Run the failed step, or more, again: with what, from where, on which version, under which keys, and what that will do. */
export function ReplayDialog({ item, edits, onClose }: { item: DeadLetterView; edits: boolean; onClose: () => void }) {
  const [choice, setChoice] = useState<ReplayChoice>(usual);
  const editable = edits ? editableOf(item, choice.from) : null;
  const editing = edits && (choice.from === "failed" || choice.from === "start");
  const original = pretty(editable);
  const edit = useEdited(original);
  const input = editing ? edit.value : undefined;
  const body = toBody(choice, input);
  const [note, setNote] = useState("");
  const checked = useChecked(item.id, body);
  const redrive = useRedrive(item, onClose);
  const dryRun = useDryRun(item.id);
  const reason = reasonOf(checked, editing ? edit.error : null);
  // Said beside the editor, and not a second time in the plan.
  const problem = editing && input !== undefined && !checked.checking ? (checked.plan?.problems[0] ?? null) : null;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width={edits ? "xl" : "lg"}
      title={edits ? `Edit and redrive ${item.nodeName}` : `Redrive ${item.nodeName}`}
      description="The original stays stored. The item leaves the inbox when what is started here has succeeded."
      footer={
        <>
          <DryRunButton
            choice={choice}
            error={editing ? edit.error : null}
            loading={dryRun.isPending}
            onRun={() => dryRun.mutate(choice.from === "failed" ? input : undefined)}
          />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={redrive.isPending}
            disabledReason={reason}
            onClick={() => redrive.mutate(note.trim() === "" ? body : { ...body, note: note.trim() })}
          >
            {edits ? (input === undefined ? "Redrive unchanged" : "Redrive with changes") : "Redrive 1 item"}
          </Button>
        </>
      }
    >
      <RedrivingToo />
      {editing ? (
        <ReplayEditor
          what={choice.from === "failed" ? "input" : "event"}
          original={original}
          text={edit.text}
          onText={edit.setText}
          edited={edit.edited}
          error={edit.error ?? problem}
        />
      ) : null}
      {edits && !editing ? (
        <p className="mb-4 rounded-md border bg-subtle px-3 py-2 text-fg-muted">
          What this step gets is made anew by the steps before it. Begin at the failed step or at the start to edit.
        </p>
      ) : null}
      <ReplayOptions item={item} choice={choice} onChange={setChoice} />
      <ReplayPlanView {...checked} said={problem} />
      <Field label="Note" optional className="mt-4" help="Shown in the activity of the issue.">
        <Input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </Field>
      {dryRun.data ? <DryRunView result={dryRun.data} /> : null}
      <ErrorLine error={redrive.error ?? dryRun.error} className="mt-4" />
    </Dialog>
  );
}

function useDryRun(itemId: string) {
  return useMutation({
    mutationFn: (input: JsonValue | undefined) => api.post<DryRun>(`/dead-letters/${itemId}/dry-run`, input === undefined ? {} : { input }),
  });
}

interface DryRunButtonProps {
  choice: ReplayChoice;
  error: string | null;
  loading: boolean;
  onRun: () => void;
}

function DryRunButton({ choice, error, loading, onRun }: DryRunButtonProps) {
  const reason = choice.from === "failed" ? error : "Only the failed step can be tried dry";
  return (
    <Button className="mr-auto" icon={<FlaskConical aria-hidden />} loading={loading} disabledReason={reason} onClick={onRun}>
      Dry run
    </Button>
  );
}
