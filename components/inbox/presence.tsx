"use client";

import { useQuery } from "@tanstack/react-query";
import { Eye, PencilLine, RotateCw, TriangleAlert } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import type { Presence } from "#lib/shared/inbox-types.ts";
import { presenceWords } from "./issue-words.ts";
import { usePlace } from "./place.tsx";
import { leaveIssue, presenceQuery } from "./queries.ts";

type Doing = Exclude<Presence, "gone">;

/** Begins to do something; the returned function ends it. */
type Begin = (doing: Doing) => () => void;

const BeginContext = createContext<Begin>(() => () => undefined);
const DoingContext = createContext<Doing>("looking");

/** Knows what one is at in the inbox, for the others to see. */
export function PresenceProvider({ children }: { children: ReactNode }) {
  // A dialog may open over a note that is being written: what was begun last counts.
  const [begun, setBegun] = useState<readonly { doing: Doing }[]>([]);
  const begin = useCallback<Begin>((doing) => {
    const act = { doing };
    setBegun((acts) => [...acts, act]);
    return () => setBegun((acts) => acts.filter((each) => each !== act));
  }, []);
  return (
    <BeginContext value={begin}>
      <DoingContext value={begun.at(-1)?.doing ?? "looking"}>{children}</DoingContext>
    </BeginContext>
  );
}

/** Tells the others what one is at, for as long as the component is there and `active`. */
export function useDoing(doing: Doing, active = true): void {
  const begin = useContext(BeginContext);
  useEffect(() => (active ? begin(doing) : undefined), [begin, doing, active]);
}

const icons = { looking: Eye, writing: PencilLine, redriving: RotateCw };

/** Who else is at an issue now, and what they are at. */
export function OthersHere({ issueId }: { issueId: string }) {
  const doing = useContext(DoingContext);
  const others = useQuery(presenceQuery(issueId, doing)).data?.others ?? [];
  useEffect(() => () => leaveIssue(issueId), [issueId]);
  const Icon = icons[others[0]?.doing ?? "looking"];
  return (
    <span role="status" aria-label="Who else is here">
      {others.length > 0 ? (
        <span className="inline-flex items-center gap-1.5 rounded-full bg-accent-tint px-2 py-0.5 text-accent-text text-sm">
          <Icon aria-hidden className="size-3.5 shrink-0" />
          {presenceWords(others)}
        </span>
      ) : null}
    </span>
  );
}

/** In a dialog that redrives: who else is about to do the same. */
export function RedrivingToo() {
  const { issueId } = usePlace();
  const presence = useQuery({ ...presenceQuery(issueId ?? "", "redriving"), enabled: issueId !== null });
  const names = presence.data?.others.filter(({ doing }) => doing === "redriving").map(({ name }) => name) ?? [];
  return (
    <div role="status" aria-label="Who else redrives">
      {names.length > 0 ? (
        <p className="mb-4 flex items-start gap-2 rounded-md bg-retrying-tint px-3 py-2 text-retrying">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {names.join(" and ")} {names.length === 1 ? "is" : "are"} about to redrive in this issue, too. An item that runs already is
          refused.
        </p>
      ) : null}
    </div>
  );
}
