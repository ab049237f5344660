"use client";

import { type ReactNode, Suspense, useMemo } from "react";
import { CodeText } from "#components/ui/code-text.tsx";
import { lazyPart } from "#components/ui/lazy.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ConnectionView, DocumentProblem } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { ChoicesWidget, ConnectionWidget, CronWidget, SelectWidget, SwitchWidget, TimezoneWidget } from "./choice-widgets.tsx";
import { type FieldsProps, FormContext, type FormContextValue, fieldId, useForm } from "./form-context.ts";
import { type FormField, initialValue, isShown } from "./form-model.ts";
import { ListWidget, ValuesWidget, VariantsWidget } from "./list-widgets.tsx";
import { DurationWidget, NumberWidget } from "./number-widgets.tsx";
import { PairsWidget } from "./pairs-widget.tsx";
import type { Path } from "./paths.ts";
import { JsonWidget, TextWidget } from "./text-widgets.tsx";
import type { WidgetProps } from "./widget-props.ts";
import { WorkflowsWidget, WorkflowWidget } from "./workflow-widgets.tsx";

// It brings what works the steps out: telephone numbers, dates, web addresses.
const FieldTable = lazyPart(async () => (await import("./field-table.tsx")).FieldTable);

interface FormProviderProps {
  /** Writes a value by its path below the node. */
  onSet: (path: Path, value: JsonValue | undefined) => void;
  /** Problems of the node, with paths below the node: `config.url`. */
  problems: Pick<DocumentProblem, "path" | "message" | "severity">[];
  connections: ConnectionView[];
  readOnly: boolean;
  children: ReactNode;
}

/** What the fields below it share. */
export function FormProvider({ onSet, problems, connections, readOnly, children }: FormProviderProps) {
  const form = useMemo((): FormContextValue => {
    const errors = problems.filter(({ severity }) => severity === "error");
    const byPath = new Map(errors.toReversed().map(({ path, message }) => [path, message]));
    return {
      readOnly,
      set: onSet,
      errorAt: (path) => byPath.get(fieldId(path)) ?? null,
      Fields,
      connections: connections.map((connection) => ({
        value: connection.id,
        label: connection.name,
        description: connection.baseUrl ?? connection.kind,
      })),
    };
  }, [problems, readOnly, onSet, connections]);
  return <FormContext value={form}>{children}</FormContext>;
}

interface SchemaFormProps extends Omit<FormProviderProps, "children"> {
  fields: FormField[];
  /** Where the values stand below the node: `["config"]`. */
  base: Path;
  value: JsonObject;
}

/** A form drawn from the fields of a schema. The document is its only state, so that undo reaches into it. */
export function SchemaForm({ fields, base, value, ...provided }: SchemaFormProps) {
  return (
    <FormProvider {...provided}>
      <div className="flex flex-col gap-4">
        <Fields fields={fields} path={base} value={value} />
      </div>
    </FormProvider>
  );
}

function Fields({ fields, path, value }: FieldsProps) {
  return fields
    .filter((field) => isShown(field, value, fields))
    .map((field) => <FieldView key={field.key} field={field} path={[...path, field.key]} value={value[field.key]} siblings={value} />);
}

function FieldView({ siblings, ...props }: WidgetProps & { siblings: JsonObject }) {
  switch (props.field.widget) {
    case "text":
    case "textarea":
    case "code":
      return <TextWidget {...props} />;
    case "json":
      return <JsonWidget {...props} />;
    case "select":
      return <SelectWidget {...props} />;
    case "switch":
      return <SwitchWidget {...props} />;
    case "number":
      return <NumberWidget {...props} />;
    case "duration":
      return <DurationWidget {...props} />;
    case "pairs":
      return <PairsWidget {...props} />;
    case "table":
      return (
        <Suspense fallback={<Skeleton className="h-24" />}>
          <FieldTable {...props} />
        </Suspense>
      );
    case "list":
      return <ListWidget {...props} />;
    case "values":
      return <ValuesWidget {...props} />;
    case "choices":
      return <ChoicesWidget {...props} />;
    case "cron":
      return <CronWidget {...props} zone={typeof siblings.timezone === "string" ? siblings.timezone : "UTC"} />;
    case "timezone":
      return <TimezoneWidget {...props} />;
    case "connection":
      return <ConnectionWidget {...props} />;
    case "workflow":
      return <WorkflowWidget {...props} />;
    case "workflows":
      return <WorkflowsWidget {...props} />;
    case "variants":
      return <VariantsWidget {...props} />;
    case "group":
      return <GroupWidget {...props} />;
  }
}

/** Fields that belong together. One without a default can be switched off as a whole; a single field needs no frame. */
function GroupWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const object = isJsonObject(value) ? value : {};
  const optional = field.defaultValue === undefined && !field.required;
  const on = !optional || value !== undefined;
  if (!optional && field.fields.length === 1) return <Fields fields={field.fields} path={path} value={object} />;
  return (
    <fieldset data-field={fieldId(path)} className="min-w-0 rounded-md border px-3 pb-3">
      <legend className="-ml-1 px-1 font-medium text-sm">{field.label}</legend>
      {optional ? (
        <Switch
          checked={on}
          disabled={form.readOnly}
          onCheckedChange={(next) => form.set(path, next ? initialValue(field) : undefined)}
          label={on ? "On" : "Off"}
          description={field.help ? <CodeText text={field.help} /> : undefined}
          className="mt-1"
        />
      ) : field.help ? (
        <p className="text-fg-muted text-sm">
          <CodeText text={field.help} />
        </p>
      ) : null}
      {on ? (
        <div className="mt-2.5 flex flex-col gap-3">
          <Fields fields={field.fields} path={path} value={object} />
        </div>
      ) : null}
    </fieldset>
  );
}
