"use client";

import { useQuery } from "@tanstack/react-query";
import { FilePlus2, FileUp, LayoutTemplate } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { type NewWorkflow, useCreateWorkflow } from "./actions.ts";
import { templatesQuery } from "./queries.ts";

const blank = "blank";
const imported = "import";

/** The document of an exported file: alone, or beside its name. */
function readExport(text: string): { name: string | null; document: JsonValue } {
  const parsed: JsonValue = JSON.parse(text);
  if (!isJsonObject(parsed)) throw new Error("The file holds no workflow.");
  const name = typeof parsed.name === "string" ? parsed.name : null;
  return { name, document: parsed.document ?? parsed };
}

/** New workflow: from a template, blank, or from an exported file. */
export function CreateDialog({
  open,
  onOpenChange,
  choice: preset,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  choice?: string | null;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New workflow"
      description="It starts as a draft: nothing runs before you publish it."
      width="md"
    >
      <CreateForm preset={preset ?? null} />
    </Dialog>
  );
}

/** What the form holds: where to start from, the name (the template's own until one is typed), the file read. */
function useCreateForm(preset: string | null) {
  const templates = useQuery(templatesQuery);
  const create = useCreateWorkflow();
  const [choice, setChoice] = useState(preset ?? blank);
  const [typedName, setName] = useState<string | null>(null);
  const [file, setFile] = useState<{ name: string | null; document: JsonValue } | null>(null);
  const [fileError, setFileError] = useState<string | null>(null);
  const template = templates.data?.find((each) => each.id === choice);
  const name = typedName ?? template?.name ?? (choice === imported ? (file?.name ?? "") : "");
  const missing = name.trim() === "" ? "Enter a name" : choice === imported && !file ? "Choose a file" : null;

  const submit = () => {
    if (missing || create.isPending) return;
    const input: NewWorkflow = { name: name.trim() };
    if (choice === imported) input.document = file?.document;
    else if (choice !== blank) input.templateId = choice;
    create.mutate(input);
  };
  const load = async (picked: File | undefined) => {
    if (!picked) return;
    try {
      setFile(readExport(await picked.text()));
      setFileError(null);
      setChoice(imported);
    } catch (error) {
      setFile(null);
      setFileError(`${picked.name}: ${messageOf(error)}`);
    }
  };
  return { templates, create, choice, setChoice, name, setName, file, fileError, missing, submit, load };
}

function CreateForm({ preset }: { preset: string | null }) {
  const form = useCreateForm(preset);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <StartFrom form={form} />
      <Field label="Name">
        <Input
          value={form.name}
          onChange={(event) => form.setName(event.target.value)}
          maxLength={120}
          placeholder="What it does, in a few words"
          autoComplete="off"
        />
      </Field>
      <ErrorLine error={form.create.error} />
      <Button
        type="submit"
        data-confirm
        variant="primary"
        className="self-end"
        loading={form.create.isPending}
        disabledReason={form.missing}
      >
        Create workflow
      </Button>
    </form>
  );
}

function StartFrom({ form }: { form: ReturnType<typeof useCreateForm> }) {
  const { templates, choice, setChoice, file, fileError, load } = form;
  const picker = useRef<HTMLInputElement>(null);
  const chooseFile = () => {
    setChoice(imported);
    if (!file) picker.current?.click();
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">Start from</legend>
      {templates.isPending ? <TemplatesLoading /> : null}
      <ErrorLine error={templates.error} />
      {templates.data?.map((each) => (
        <Choice
          key={each.id}
          icon={<LayoutTemplate aria-hidden />}
          title={each.name}
          text={each.description}
          checked={choice === each.id}
          onPick={() => setChoice(each.id)}
        />
      ))}
      <div className="grid gap-2 sm:grid-cols-2">
        <Choice
          icon={<FilePlus2 aria-hidden />}
          title="Blank"
          text="An empty canvas."
          checked={choice === blank}
          onPick={() => setChoice(blank)}
        />
        <Choice
          icon={<FileUp aria-hidden />}
          title="Import"
          text={file ? "The file was read." : "A workflow exported as JSON."}
          checked={choice === imported}
          onPick={chooseFile}
        />
      </div>
      <input
        ref={picker}
        type="file"
        accept="application/json,.json"
        className="sr-only"
        tabIndex={-1}
        aria-label="Workflow file"
        onChange={(event) => void load(event.target.files?.[0])}
      />
      <ErrorLine error={fileError} />
    </fieldset>
  );
}

function TemplatesLoading() {
  return (
    <SkeletonGate label="Loading templates">
      <Skeleton className="mb-2 h-14 rounded-md" />
      <Skeleton className="h-14 rounded-md" />
    </SkeletonGate>
  );
}

function Choice({
  icon,
  title,
  text,
  checked,
  onPick,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  checked: boolean;
  onPick: () => void;
}) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        "flex items-start gap-3 rounded-md border px-3 py-2.5 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-fg-subtle",
        checked && "border-accent bg-accent-tint hover:bg-accent-tint [&_svg]:text-accent-text",
      )}
    >
      <input id={id} type="radio" name="start" checked={checked} onChange={onPick} onClick={onPick} className="sr-only" />
      {icon}
      <span className="min-w-0">
        <span className="block font-medium">{title}</span>
        <span className="block text-fg-muted text-sm">{text}</span>
      </span>
    </label>
  );
}
