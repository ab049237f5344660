"use client";

import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";

/** The item of a loop whose steps are shown, in the address of the page. */
export function useIteration() {
  return useQueryState("item", parseAsString);
}

/** A loop has more steps than a page can show: tells how many are not shown, and shows those of one item. */
export function IterationFilter({ run }: { run: RunView }) {
  const [iteration, setIteration] = useIteration();
  const id = useId();
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const item = new FormData(event.currentTarget).get("item");
    void setIteration(typeof item === "string" && item.trim() !== "" ? item.trim() : null);
  };
  const failed = run.iterations.filter(({ status }) => status === "failed").reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2 text-fg-muted md:px-6">
      <p role="status">
        {iteration === null ? "Steps of loops" : `Steps of ${describeIteration(iteration)}`}
        {run.moreSteps > 0 ? `: ${run.moreSteps.toLocaleString("en")} more are not shown` : ""}
        {failed > 0 ? `, ${failed.toLocaleString("en")} failed in all` : ""}.
      </p>
      <form key={iteration} onSubmit={choose} className="ml-auto flex items-center gap-2">
        <label htmlFor={id}>Item</label>
        <Input
          id={id}
          name="item"
          defaultValue={iteration ?? ""}
          placeholder="17"
          pattern="[0-9]+(-[0-9]+)?(/[0-9]+(-[0-9]+)?)*"
          className="w-24"
        />
        <Button type="submit" size="sm">
          Show
        </Button>
        {iteration === null ? null : (
          <Button size="sm" onClick={() => void setIteration(null)}>
            All
          </Button>
        )}
      </form>
    </div>
  );
}
