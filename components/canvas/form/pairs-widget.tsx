"use client";

import { Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { CodeText } from "#components/ui/code-text.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { ExpressionInput } from "../expression/expression-input.tsx";
import { focusSoon } from "./focus-soon.ts";
import { fieldId, useForm } from "./form-context.ts";
import { readJsonText, writeJsonText } from "./json-text.ts";
import { type PairRow, pairRows, rowsToRecord } from "./pairs.ts";
import type { WidgetProps } from "./widget-props.ts";

/** Names and values: headers, query, the values of a step. Rows keep their order; an unfinished row is kept until it has a name. */
export function PairsWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const record: JsonObject = isJsonObject(value) ? value : {};
  const root = useRef<HTMLFieldSetElement>(null);
  const [edited, setEdited] = useState<PairRow[] | null>(null);
  const isEcho = edited !== null && JSON.stringify(rowsToRecord(edited)) === JSON.stringify(record);
  const rows = isEcho ? edited : pairRows(record);
  const commit = (next: PairRow[]) => {
    setEdited(next);
    const made = rowsToRecord(next);
    if (JSON.stringify(made) !== JSON.stringify(record))
      form.set(path, Object.keys(made).length === 0 && !field.required ? undefined : made);
  };
  const twice = rows.find((row, index) => row.name !== "" && rows.findIndex((other) => other.name === row.name) !== index);
  return (
    <fieldset ref={root} data-field={fieldId(path)} className="min-w-0">
      <legend className="mb-1 font-medium text-sm">{field.label}</legend>
      {rows.length > 0 ? (
        <ul className="mb-1.5 flex flex-col gap-1.5">
          {rows.map((row, index) => (
            <Pair
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place; names change while they are typed
              key={index}
              row={row}
              label={field.label}
              anyValue={field.anyValue}
              expression={field.expression !== null}
              error={form.errorAt([...path, row.name])}
              onChange={(next) => commit(rows.with(index, next))}
              onRemove={() => {
                commit(rows.toSpliced(index, 1));
                focusSoon(root.current, ["[data-add]"]);
              }}
            />
          ))}
        </ul>
      ) : null}
      {form.readOnly ? null : (
        <Button
          size="sm"
          data-add=""
          icon={<Plus aria-hidden />}
          onClick={() => {
            setEdited([...rows, { name: "", value: "" }]);
            focusSoon(root.current, [`li:nth-child(${rows.length + 1}) input`]);
          }}
        >
          Add {singular(field.label)}
        </Button>
      )}
      {field.help ? (
        <p className="mt-1 text-fg-muted text-sm">
          <CodeText text={field.help} />
        </p>
      ) : null}
      <FieldError message={twice === undefined ? form.errorAt(path) : `“${twice.name}” is there twice; the first one counts`} />
    </fieldset>
  );
}

function singular(label: string): string {
  const word = label.toLowerCase();
  return word === "query" ? "parameter" : word.replace(/s$/, "");
}

interface PairProps {
  row: PairRow;
  label: string;
  anyValue: boolean;
  expression: boolean;
  error: string | null;
  onChange: (row: PairRow) => void;
  onRemove: () => void;
}

function Pair({ row, label, anyValue, expression, error, onChange, onRemove }: PairProps) {
  const form = useForm();
  const name = row.name === "" ? "new entry" : row.name;
  const text = anyValue ? writePairValue(row.value) : String(row.value ?? "");
  const change = (next: string) => onChange({ ...row, value: anyValue ? readPairValue(next) : next });
  return (
    <li>
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_28px] items-start gap-1.5">
        <Input
          aria-label={`${label}: name`}
          placeholder="name"
          value={row.name}
          onChange={(event) => onChange({ ...row, name: event.target.value })}
          readOnly={form.readOnly}
          className="font-mono text-sm"
          spellCheck={false}
        />
        {expression ? (
          <ExpressionInput
            mode="template"
            label={`${label}: value of ${name}`}
            value={text}
            onValueChange={change}
            readOnly={form.readOnly}
            placeholder="value"
          />
        ) : (
          <Input
            aria-label={`${label}: value of ${name}`}
            placeholder="value"
            value={text}
            onChange={(event) => change(event.target.value)}
            readOnly={form.readOnly}
          />
        )}
        {form.readOnly ? null : <IconButton label={`Remove ${name}`} icon={<Trash2 aria-hidden />} onClick={onRemove} className="mt-0.5" />}
      </div>
      <FieldError message={error} />
    </li>
  );
}

/** `5`, `true`, `{…}` and `"5"` are what JSON says they are; any other text is text. */
function readPairValue(text: string): JsonValue {
  const looksLikeJson = /^\s*(-?\d|true\s*$|false\s*$|null\s*$|\[|\{(?!\{)|")/.test(text);
  const parsed = looksLikeJson ? readJsonText(text) : null;
  return parsed?.ok === true && parsed.value !== undefined ? parsed.value : text;
}

function writePairValue(value: JsonValue): string {
  if (typeof value !== "string") return JSON.stringify(value);
  // A text that would be read as something else needs its quotes.
  return readPairValue(value) === value ? value : writeJsonText(value);
}
