"use client";

import { useRouter } from "next/navigation";
import { announce } from "#components/ui/live-region.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { readListed } from "./list-memory.ts";

/** `j` and `k` go to the next and previous run of the list one came from. */
export function useNeighbours(runId: string): void {
  const router = useRouter();
  const go = (by: number) => {
    const ids = readListed()?.ids ?? [];
    const at = ids.indexOf(runId);
    const next = at === -1 ? undefined : ids[at + by];
    if (next) router.replace(`/runs/${next}`);
    else announce(at === -1 ? "This run was not opened from a list" : "There is no further run in the list");
  };
  useShortcuts("Run", [
    { keys: "j", label: "Next run of the list", run: () => go(1) },
    { keys: "k", label: "Previous run of the list", run: () => go(-1) },
  ]);
}
