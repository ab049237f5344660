"use client";

import { useQuery } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { AttributeName } from "#lib/shared/run-attribute-types.ts";

/** `customer:42`, or several with commas between. */
const pattern = "\\s*[A-Za-z_][A-Za-z0-9_.\\-]*:.+";

interface AttributeFilterProps {
  workflowId: string | null;
  value: string | null;
  onValueChange: (attr: string | null) => void;
}

/** Finds runs by their attributes; offers the names that live workflows give. */
export function AttributeFilter({ workflowId, value, onValueChange }: AttributeFilterProps) {
  const { data } = useQuery({
    queryKey: ["runs", "attributes", workflowId],
    queryFn: ({ signal }) => api.get<{ items: AttributeName[] }>("/runs/attributes", { signal, query: { workflowId } }),
  });
  const text = value ?? "";
  // What stands before the last comma is done; the name that is being typed is completed.
  const done = text.slice(0, text.lastIndexOf(",") + 1);
  const names = [...new Set((data?.items ?? []).map(({ name }) => name))];
  return (
    <div>
      <Field label="Attributes" help="Several with commas; bounds for numbers and times: amount:>100.">
        <Input
          value={text}
          list="run-attribute-names"
          pattern={pattern}
          title="name:value"
          placeholder={names[0] === undefined ? "customer:42" : `${names[0]}:…`}
          // The browser draws an arrow of its own for a list of suggestions.
          className="font-mono [&::-webkit-calendar-picker-indicator]:hidden!"
          onChange={(event) => onValueChange(event.target.value || null)}
        />
      </Field>
      <datalist id="run-attribute-names">
        {names.map((name) => (
          <option key={name} value={`${done}${name}:`} />
        ))}
      </datalist>
    </div>
  );
}
