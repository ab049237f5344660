"use client";

import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import { Button, buttonClass, IconButton } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { useStored } from "#components/ui/stored.ts";
import { type RunColumn, runColumns } from "./run-columns.tsx";

interface Choice {
  id: string;
  shown: boolean;
}

const unusual = new Set(["attempts", "key"]);
const usual: Choice[] = runColumns.map(({ id }) => ({ id, shown: !unusual.has(id) }));

function isChoices(value: unknown): value is Choice[] {
  return Array.isArray(value) && value.every((each) => typeof each?.id === "string" && typeof each?.shown === "boolean");
}

/** The columns as this browser's user likes them: which, and in which order. Columns of a newer release come last. */
export function useRunColumns() {
  const [stored, setStored] = useStored<Choice[]>("sluice.runs.columns", usual, isChoices);
  const known = stored.filter(({ id }) => runColumns.some((column) => column.id === id));
  const choices = [...known, ...usual.filter(({ id }) => !known.some((choice) => choice.id === id))];
  const columns = choices.flatMap(({ id, shown }) => {
    const column = runColumns.find((each) => each.id === id);
    return column && (shown || column.primary) ? [column] : [];
  });
  return { choices, columns, setChoices: setStored, reset: () => setStored(usual) };
}

export function ColumnChooser({ choices, setChoices, reset }: ReturnType<typeof useRunColumns>) {
  const move = (index: number, by: number) => {
    const next = [...choices];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    setChoices(next);
  };
  const nameOf = (id: string) => runColumns.find((column) => column.id === id)?.header ?? id;
  return (
    <Popover
      label="Columns"
      align="end"
      className="w-64"
      trigger={
        <button type="button" className={buttonClass({ size: "sm" })}>
          <Columns3 aria-hidden className="text-fg-subtle" />
          <span className="max-sm:sr-only">Columns</span>
        </button>
      }
    >
      <ul className="flex flex-col">
        {choices.map((choice, index) => (
          <ChoiceLine
            key={choice.id}
            name={nameOf(choice.id)}
            choice={choice}
            column={runColumns.find((column) => column.id === choice.id)}
            onShow={(shown) => setChoices(choices.map((each) => (each.id === choice.id ? { ...each, shown } : each)))}
            onUp={index === 0 ? null : () => move(index, -1)}
            onDown={index === choices.length - 1 ? null : () => move(index, 1)}
          />
        ))}
      </ul>
      <Button size="sm" variant="ghost" className="mt-2" onClick={reset}>
        As it was
      </Button>
    </Popover>
  );
}

function ChoiceLine(props: {
  name: string;
  choice: Choice;
  column: RunColumn | undefined;
  onShow: (shown: boolean) => void;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
}) {
  const { name, choice, column, onShow, onUp, onDown } = props;
  return (
    <li className="flex h-8 items-center justify-between gap-2">
      <Checkbox
        label={name}
        checked={choice.shown || column?.primary === true}
        disabled={column?.primary === true}
        onCheckedChange={onShow}
      />
      <span className="flex">
        <IconButton
          label={`Move ${name} forward`}
          icon={<ArrowUp aria-hidden />}
          disabledReason={onUp ? null : "It is the first"}
          onClick={() => onUp?.()}
        />
        <IconButton
          label={`Move ${name} back`}
          icon={<ArrowDown aria-hidden />}
          disabledReason={onDown ? null : "It is the last"}
          onClick={() => onDown?.()}
        />
      </span>
    </li>
  );
}
