"use client";

import { useState } from "react";
import { Input } from "#components/ui/input.tsx";
import type { DataSource } from "./data-rows.ts";
import { DataTree } from "./data-tree.tsx";

/** A tree of data with a search above it, for a small window beside what it is picked for. */
export function SearchedData({ sources, onPick }: { sources: DataSource[]; onPick: (path: string) => void }) {
  const [search, setSearch] = useState("");
  return (
    <>
      <div className="border-b p-1.5">
        <Input
          aria-label="Find data"
          placeholder="Find a field or a value"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-7"
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-1">
        <DataTree label="Data" sources={sources} search={search} onPick={onPick} />
      </div>
    </>
  );
}
