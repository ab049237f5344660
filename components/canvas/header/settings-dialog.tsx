"use client";

import { useCallback, useMemo } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { setWorkflowSetting } from "../commands/edit-settings.ts";
import type { FormField } from "../form/form-model.ts";
import { type Path, setAt } from "../form/paths.ts";
import { FormProvider, SchemaForm } from "../form/schema-form.tsx";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { ArrivalsSection } from "./arrivals-section.tsx";
import { foundBy } from "./attribute-fields.ts";
import { amongRuns, ofEachRun } from "./settings-fields.ts";

/** The settings of the workflow as a whole. Edits go into the draft as they are typed, like those of a step. */
export function SettingsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Workflow settings"
      description="For all runs of the next version. They are saved with the draft and can be undone."
      width="md"
      footer={
        <Button variant="primary" data-confirm onClick={() => onOpenChange(false)}>
          Done
        </Button>
      }
    >
      <SettingsForm />
    </Dialog>
  );
}

function SettingsForm() {
  const store = useEditorStore();
  const settings = useEditor((state) => state.document.settings);
  const all = useEditor((state) => state.problems);
  const readOnly = useEditor((state) => state.readOnly);
  const problems = useMemo(() => all.filter(({ path }) => path.startsWith("settings.")), [all]);
  const value = useMemo(() => settingsThatAreSet(settings), [settings]);
  const set = useCallback(
    (path: Path, next: JsonValue | undefined) => {
      const [, key = "", ...within] = path;
      const change = { burstKey: path.join(" ") };
      const edit = (document: WorkflowDocument) => {
        const before = settingsThatAreSet(document.settings)[key];
        return setWorkflowSetting(document, key, setAt(before, within, next));
      };
      store.getState().apply("Edit workflow settings", edit, change);
    },
    [store],
  );
  const section = (title: string, fields: FormField[]) => (
    <section aria-label={title} className="flex flex-col gap-3">
      <h3 className="font-semibold">{title}</h3>
      <SchemaForm
        onSet={set}
        problems={problems}
        connections={none}
        readOnly={readOnly}
        fields={fields}
        base={["settings"]}
        value={value}
      />
    </section>
  );
  return (
    <div className="flex flex-col gap-6">
      {section("Each run", ofEachRun)}
      <section aria-label="When events come fast" className="flex flex-col gap-3">
        <h3 className="font-semibold">When events come fast</h3>
        <FormProvider onSet={set} problems={problems} connections={none} readOnly={readOnly}>
          <ArrivalsSection value={value.arrivals} />
        </FormProvider>
      </section>
      {section("Runs among each other", amongRuns)}
      {section("Finding runs", foundBy)}
    </div>
  );
}

const none: [] = [];

/** Null is "no limit" in the document, and an empty field here. */
function settingsThatAreSet(settings: object): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(settings));
  return Object.fromEntries(Object.entries(copy).filter(([, value]) => value !== null));
}
