"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { workflowsQuery } from "#components/api/workflows.ts";
import { IconButton } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { FieldRow } from "./field-row.tsx";
import { useForm } from "./form-context.ts";
import type { WidgetProps } from "./widget-props.ts";

interface Choice {
  value: string;
  label: string;
  description: string;
}

/** The workflows of the workspace, archived ones only where they are chosen already. */
function useWorkflowChoices(chosen: readonly string[]): Choice[] {
  const { data } = useQuery(workflowsQuery);
  return (data?.items ?? [])
    .filter((workflow) => workflow.state !== "archived" || chosen.includes(workflow.id))
    .map((workflow) => ({ value: workflow.id, label: workflow.name, description: workflow.state }));
}

/** One workflow of the workspace. */
export function WorkflowWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const chosen = typeof value === "string" && value !== "" ? value : null;
  const choices = useWorkflowChoices(chosen === null ? [] : [chosen]);
  return (
    <FieldRow field={field} path={path} isSet={chosen !== null}>
      <Combobox
        options={choices}
        value={chosen}
        onValueChange={(id) => form.set(path, id)}
        placeholder="Choose a workflow"
        emptyText="No workflow matches."
        clearable
      />
    </FieldRow>
  );
}

/** Any number of workflows; none chosen is the default. */
export function WorkflowsWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const chosen = Array.isArray(value) ? value.filter((id) => typeof id === "string") : [];
  const choices = useWorkflowChoices(chosen);
  const nameOf = (id: string) => choices.find((choice) => choice.value === id)?.label ?? id;
  const set = (ids: string[]) => form.set(path, ids.length === 0 ? undefined : ids);
  return (
    <div>
      <FieldRow field={field} path={path} isSet={chosen.length > 0}>
        <Combobox
          options={choices.filter((choice) => !chosen.includes(choice.value))}
          value={null}
          onValueChange={(id) => id && set([...chosen, id])}
          placeholder="Add a workflow"
          emptyText="No workflow matches."
        />
      </FieldRow>
      <ul className="mt-1 flex flex-col gap-1">
        {chosen.map((id) => (
          <li key={id} className="flex items-center justify-between gap-2 rounded-md border px-2">
            <span className="truncate">{nameOf(id)}</span>
            <IconButton
              label={`Remove ${nameOf(id)}`}
              icon={<X aria-hidden />}
              disabledReason={form.readOnly ? "The draft cannot be edited now" : undefined}
              onClick={() => set(chosen.filter((one) => one !== id))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
