"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { api } from "#components/api/client.ts";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import type { EventView, Page, WorkflowView } from "#lib/shared/api-types.ts";

const dayMs = 86_400_000;
/** More are shown as "20+". */
const maxCounted = 20;

/** To the list of what the workflow's triggers received, with a warning when some of it was refused lately. */
export function DeliveriesLink({ workflow }: { workflow: WorkflowView }) {
  const triggerIds = workflow.triggers.filter((trigger) => trigger.type === "webhook").map((trigger) => trigger.id);
  const refused = useQuery({
    queryKey: ["events", "refused", triggerIds],
    queryFn: ({ signal }) =>
      api.get<Page<EventView>>("/events", { signal, query: { triggerId: triggerIds, outcome: "rejected", limit: maxCounted } }),
    select: ({ items }) => items.filter((event) => Date.parse(event.receivedAt) > Date.now() - dayMs).length,
    enabled: triggerIds.length > 0,
  });
  const count = refused.data ?? 0;
  if (triggerIds.length === 0) return null;
  return (
    <div className="flex items-center gap-2 border-t pt-3">
      <ButtonLink href={`/workflows/${workflow.id}/deliveries`} size="sm" icon={<History aria-hidden />}>
        Deliveries
      </ButtonLink>
      {count > 0 ? <Badge tone="red">{count === maxCounted ? `${maxCounted}+` : count} rejected in 24 h</Badge> : null}
    </div>
  );
}
