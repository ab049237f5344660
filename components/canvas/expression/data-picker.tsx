"use client";

import { Braces } from "lucide-react";
import { useMemo, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { sourcesOf } from "./data-rows.ts";
import type { SampleScope } from "./sample-scope.ts";
import { SearchedData } from "./searched-data.tsx";

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
  const sources = useMemo(() => sourcesOf(sample, "run"), [sample]);
  return <SearchedData sources={sources} onPick={onPick} />;
}
