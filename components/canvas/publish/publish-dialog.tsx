"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { diffDocuments } from "#lib/graph/diff.ts";
import { emptyDocument } from "#lib/graph/document.ts";
import type { Published, WorkflowView } from "#lib/shared/api-types.ts";
import { hasUnsaved } from "../autosave-state.ts";
import { BlockingProblems, useBlockingCount } from "../header/blocking-problems.tsx";
import { ProblemList } from "../header/problem-list.tsx";
import { versionsQuery, workflowQuery } from "../queries.ts";
import type { AutosaveHandle } from "../use-autosave.ts";
import { useDocument, useEditor } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { type Audience, AudienceChoice, allEvents, audienceProblem } from "./audience-choice.tsx";
import { ChangeList } from "./change-list.tsx";
import { PublishedBody } from "./published-body.tsx";

interface PublishDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  workflow: WorkflowView;
  saving: AutosaveHandle;
  panel: PanelState;
}

/** Shows what will change and what stands in the way, takes a note, publishes, and hands out the webhook's address. */
export function PublishDialog({ open, onOpenChange, workflow, saving, panel }: PublishDialogProps) {
  const [published, setPublished] = useState<{ answer: Published; percent: number | null } | null>(null);
  const versions = useQuery({ ...versionsQuery(workflow.id), enabled: open });
  const next = (versions.data?.items[0]?.version ?? workflow.liveVersion ?? 0) + 1;
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setPublished(null);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      width="md"
      title={published === null ? `Publish version ${next}` : publishedTitle(published)}
      description={
        published === null
          ? "Runs under way finish on the version they began with."
          : "Later edits stay in the draft until you publish again."
      }
    >
      {published === null ? (
        <PublishForm
          workflow={workflow}
          version={next}
          saving={saving}
          panel={panel}
          onPublished={(answer, percent) => setPublished({ answer, percent })}
          onClose={() => change(false)}
        />
      ) : (
        <PublishedBody published={published.answer} onClose={() => change(false)} />
      )}
    </Dialog>
  );
}

function publishedTitle({ answer, percent }: { answer: Published; percent: number | null }): string {
  return percent === null ? `Version ${answer.version} is live` : `Version ${answer.version} takes ${percent} % of new events`;
}

interface PublishFormProps {
  workflow: WorkflowView;
  /** The number it will get. */
  version: number;
  saving: AutosaveHandle;
  panel: PanelState;
  /** `percent` is null when the version takes all events. */
  onPublished: (published: Published, percent: number | null) => void;
  onClose: () => void;
}

interface Publication {
  note: string;
  percent: number | null;
}

function usePublish({ workflow, saving, onPublished }: PublishFormProps) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ note, percent }: Publication) => {
      const state = await saving.autosave.flush();
      if (hasUnsaved(state)) throw new Error("The draft could not be saved, so nothing was published.");
      // The revision that was looked at: what somebody else saved meanwhile is not published unseen.
      return api.post<Published>(`/workflows/${workflow.id}/publish`, {
        note,
        revision: state.revision,
        ...(percent === null ? {} : { rollout: { percent } }),
      });
    },
    onSuccess: async (published, { percent }) => {
      onPublished(published, percent);
      await client.invalidateQueries({ queryKey: workflowQuery(workflow.id).queryKey });
      await client.invalidateQueries({ queryKey: ["workflows"] });
    },
  });
}

function PublishForm(props: PublishFormProps) {
  const { panel, onClose } = props;
  const document = useDocument();
  const live = useEditor((state) => state.liveDocument);
  const problems = useEditor((state) => state.problems);
  const [note, setNote] = useState("");
  const [audience, setAudience] = useState<Audience>(allEvents);
  const publish = usePublish(props);
  const blocking = useBlockingCount();
  const warnings = problems.filter((problem) => problem.severity === "warning");
  const before = live ?? emptyDocument;
  const diff = diffDocuments(before, document);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (audienceProblem(audience) !== null || blocking > 0) return;
        publish.mutate({ note, percent: audience.kind === "share" ? Number(audience.percent) : null });
      }}
    >
      <BlockingProblems panel={panel} onLeave={onClose} />
      <section aria-label="Changes">
        <h3 className="mb-1.5 font-medium">{live === null ? "The first version" : "Changes since the last version"}</h3>
        <ChangeList diff={diff} before={before} after={document} scrolls />
      </section>
      {warnings.length > 0 ? (
        <details>
          <summary className="text-retrying">{plural(warnings.length, "warning")}, none of which blocks publishing</summary>
          <div className="mt-1 rounded-md border p-1">
            <ProblemList problems={warnings} panel={panel} onDone={onClose} />
          </div>
        </details>
      ) : null}
      <Field label="Note" optional help="What changed and why, for whoever looks at the versions later.">
        <Textarea rows={2} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />
      </Field>
      {props.workflow.liveVersion === null ? null : (
        <AudienceChoice value={audience} onChange={setAudience} live={props.workflow.liveVersion} />
      )}
      <ErrorLine error={publish.error} />
      <div className="sticky -bottom-5 -mx-5 -mb-5 flex justify-end gap-2 border-t bg-subtle px-5 py-3">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          data-confirm
          variant="primary"
          loading={publish.isPending}
          disabledReason={blocking > 0 ? "Mend the problems first" : audienceProblem(audience)}
        >
          {`Publish version ${props.version}`}
        </Button>
      </div>
    </form>
  );
}
