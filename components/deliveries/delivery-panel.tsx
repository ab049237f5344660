"use client";

import { useQuery } from "@tanstack/react-query";
import { Play, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { ButtonLink, IconButton } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import { deliveryLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { EventView } from "#lib/shared/api-types.ts";
import { DeliveryView } from "./delivery-view.tsx";
import { deliveryQuery } from "./queries.ts";
import type { DeliveryTrigger } from "./triggers.ts";

export interface DeliveryPanelProps {
  id: string;
  triggers: readonly DeliveryTrigger[];
  onClose: () => void;
}

/** One delivery beside the list; on small screens over it. */
export function DeliveryPanel({ id, triggers, onClose }: DeliveryPanelProps) {
  const delivery = useQuery(deliveryQuery(id));
  const panel = useRef<HTMLElement>(null);
  const close = () => {
    onClose();
    document.querySelector<HTMLElement>(`[data-row="${id}"] [data-row-link]`)?.focus();
  };
  useShortcuts("Deliveries", [{ keys: "Escape", label: "Close the delivery", run: close }]);
  useEffect(() => {
    // Over the list it has to be in reach; beside it the focus stays on the row.
    if (panel.current && getComputedStyle(panel.current).position === "fixed") panel.current.focus();
  }, []);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label="Delivery"
      className="fixed inset-y-0 right-0 z-30 w-full max-w-xl overflow-y-auto border-l bg-bg shadow-float outline-none xl:static xl:z-auto xl:w-[34rem] xl:shrink-0 xl:shadow-none"
    >
      <header className="sticky top-0 z-10 flex items-center justify-between gap-2 border-b bg-bg px-4 py-2.5">
        <h2 className="flex items-center gap-2 font-semibold text-lg">
          Delivery
          {delivery.data ? <StatusBadge look={deliveryLooks[delivery.data.outcome]} /> : null}
        </h2>
        <span className="flex items-center gap-1">
          {delivery.data ? <RunButton event={delivery.data} /> : null}
          <IconButton label="Close the delivery" shortcut="Esc" icon={<X aria-hidden />} onClick={close} />
        </span>
      </header>
      {delivery.data ? <DeliveryView event={delivery.data} triggers={triggers} /> : null}
      {delivery.isPending ? (
        <SkeletonGate label="Loading the delivery">
          <div className="flex flex-col gap-3 p-4">
            <Skeleton className="w-1/2" />
            <Skeleton className="h-40 rounded-md" />
          </div>
        </SkeletonGate>
      ) : null}
      {delivery.isError && !delivery.data ? (
        <ErrorState
          title="The delivery could not be loaded"
          error={delivery.error}
          onRetry={() => void delivery.refetch()}
          retrying={delivery.isFetching}
        />
      ) : null}
    </aside>
  );
}

function RunButton({ event }: { event: EventView }) {
  if (event.runId === null) return null;
  return (
    <ButtonLink size="sm" href={`/runs/${event.runId}`} icon={<Play aria-hidden />}>
      {event.outcome === "duplicate" ? "First run" : "Run"}
    </ButtonLink>
  );
}
