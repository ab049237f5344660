"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { toast } from "#components/ui/toast.tsx";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { workflowQuery } from "../queries.ts";
import { useEditor } from "../use-editor.ts";

/** The workflow's name, the page's heading; click or press F2 on it to change it in place. */
export function WorkflowName({ workflow }: { workflow: WorkflowView }) {
  const client = useQueryClient();
  const readOnly = useEditor((state) => state.readOnly);
  const [editing, setEditing] = useState(false);
  const { queryKey } = workflowQuery(workflow.id);
  const rename = useMutation({
    mutationFn: (name: string) => api.patch(`/workflows/${workflow.id}`, { name }),
    onMutate: (name) => {
      client.setQueryData(queryKey, (known) => (known === undefined ? known : { ...known, name }));
      return { before: workflow.name };
    },
    onError: (error, _name, context) => {
      client.setQueryData(queryKey, (known) => (known === undefined || context === undefined ? known : { ...known, name: context.before }));
      toast.error("The name was not changed", { description: messageOf(error) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["workflows"] }),
  });
  const end = (name: string | null) => {
    setEditing(false);
    const trimmed = name?.trim() ?? "";
    if (trimmed !== "" && trimmed !== workflow.name) rename.mutate(trimmed);
  };
  if (editing) return <NameInput name={workflow.name} onEnd={end} />;
  return (
    <h1 className="min-w-0 max-w-full font-semibold text-lg max-sm:text-base max-sm:leading-5">
      {readOnly ? (
        <span className="block truncate">{workflow.name}</span>
      ) : (
        <button
          type="button"
          aria-label={`${workflow.name}, rename`}
          className="block max-w-full truncate rounded px-1 hover:bg-hover"
          onClick={() => setEditing(true)}
          onKeyDown={(event) => {
            if (event.key !== "F2") return;
            event.stopPropagation();
            setEditing(true);
          }}
        >
          {workflow.name}
        </button>
      )}
    </h1>
  );
}

function NameInput({ name, onEnd }: { name: string; onEnd: (name: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  return (
    <input
      ref={input}
      aria-label="Workflow name"
      defaultValue={name}
      maxLength={120}
      className="h-8 w-72 min-w-0 rounded bg-muted px-1 font-semibold text-lg outline-none ring-1 ring-accent"
      onBlur={(event) => onEnd(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onEnd(event.currentTarget.value);
        if (event.key === "Escape") onEnd(null);
      }}
    />
  );
}
