"use client";

import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { membersQuery } from "./queries.ts";

interface AssignDialogProps {
  issues: readonly IssueSummary[];
  onClose: () => void;
  onAssign: (userId: string | null) => void;
}

/** Who looks after the issues. */
export function AssignDialog({ issues, onClose, onAssign }: AssignDialogProps) {
  const members = useQuery(membersQuery);
  const people: { id: string | null; name: string; email: string }[] = [
    { id: null, name: "Nobody", email: "" },
    ...(members.data?.items.map(({ userId, name, email }) => ({ id: userId, name, email })) ?? []),
  ];
  return (
    <Dialog open onOpenChange={onClose} title={issues.length === 1 ? "Assign to" : `Assign ${issues.length} issues to`}>
      <ErrorLine error={members.error} />
      <div className="flex flex-col gap-1">
        {people.map((person) => {
          const current = issues.every((issue) => (issue.assignee?.id ?? null) === person.id);
          return (
            <Button
              key={person.id ?? "nobody"}
              variant="ghost"
              className="justify-start text-fg"
              aria-pressed={current}
              {...(current ? { "data-autofocus": true } : {})}
              onClick={() => {
                onClose();
                onAssign(person.id);
              }}
            >
              <span>{person.name}</span>
              <span className="font-normal text-fg-muted text-sm">{person.email}</span>
              {current ? <Check aria-hidden className="ml-auto" /> : null}
            </Button>
          );
        })}
      </div>
    </Dialog>
  );
}
