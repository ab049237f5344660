"use client";

import { Braces } from "lucide-react";
import { useMemo, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { sourcesOf } from "./data-rows.ts";
import { DataTree } from "./data-tree.tsx";
import type { SampleScope } from "./sample-scope.ts";

/** The data a step can use, opened at one field. A click puts its path into the field. */
export function DataPicker({ sample, onPick }: { sample: SampleScope; onPick: (path: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Insert data"
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="flex max-h-96 w-96 flex-col p-0"
      trigger={<IconButton label="Insert data" icon={<Braces aria-hidden />} className="size-6" />}
    >
      <Picker
        sample={sample}
        onPick={(path) => {
          setOpen(false);
          onPick(path);
        }}
      />
    </Popover>
  );
}

function Picker({ sample, onPick }: { sample: SampleScope; onPick: (path: string) => void }) {
  const [search, setSearch] = useState("");
  const sources = useMemo(() => sourcesOf(sample, "run"), [sample]);
  return (
    <>
      <div className="border-b p-1.5">
        <Input
          aria-label="Find data"
          placeholder="Find a field or a value"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-1">
        <DataTree label="Data" sources={sources} search={search} onPick={onPick} />
      </div>
    </>
  );
}
