"use client";

import { Search } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { InputWithIcon } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

const shows = ["open", "all"] as const;
const typingMs = 300;

/** Which items of an issue are listed, as the address says. */
export const itemParsers = {
  items: parseAsStringLiteral(shows).withDefault("open"),
  error: parseAsString.withDefault(""),
};

const options = [
  { value: "open", label: "Still open" },
  { value: "all", label: "All items" },
] as const;

/** Search and state, above the items. */
export function ItemFilterBar() {
  const [{ items, error }, setFilter] = useQueryStates(itemParsers);
  const [text, setText] = useState(error);
  useEffect(() => setText(error), [error]);
  useEffect(() => {
    if (text === error) return;
    const timer = setTimeout(() => void setFilter({ error: text || null }), typingMs);
    return () => clearTimeout(timer);
  }, [text, error, setFilter]);
  return (
    <>
      <InputWithIcon
        type="search"
        aria-label="Search errors of the items"
        placeholder="Part of the error"
        icon={<Search />}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="min-w-28 flex-1 sm:max-w-64"
      />
      <Select
        aria-label="Which items"
        className="w-32"
        options={options}
        value={items}
        onValueChange={(next) => void setFilter({ items: next })}
      />
    </>
  );
}
