"use client";

import { useQuery } from "@tanstack/react-query";
import { Radio } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { announce } from "#components/ui/live-region.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import type { EventView } from "#lib/shared/api-types.ts";
import { recentEventsQuery } from "../queries.ts";

interface CaptureNextProps {
  triggerId: string;
  known: EventView[] | null;
  onCaptured: (event: EventView) => void;
}

/** Waits for the next event and takes it as the input. It is only looked at: it starts its run as any other does. */
export function CaptureNext({ triggerId, known, onCaptured }: CaptureNextProps) {
  const [since, setSince] = useState<ReadonlySet<string> | null>(null);
  const { data } = useQuery({ ...recentEventsQuery(triggerId), enabled: since !== null, refetchInterval: since === null ? false : 1_000 });
  const next = since === null ? undefined : data?.items.find((event) => !since.has(event.id));
  const captured = useEffectEvent(onCaptured);
  useEffect(() => {
    if (next === undefined) return;
    setSince(null);
    captured(next);
    announce("Event captured");
  }, [next]);
  if (since === null) {
    return (
      <Button
        size="sm"
        variant="ghost"
        icon={<Radio aria-hidden />}
        disabledReason={known === null ? "The events are still loading" : null}
        onClick={() => setSince(new Set(known?.map((event) => event.id)))}
      >
        Capture the next one
      </Button>
    );
  }
  return (
    <p role="status" className="flex items-center gap-2 px-2 py-1 text-fg-muted text-sm">
      <Spinner />
      Waiting for an event…
      <Button size="sm" variant="ghost" onClick={() => setSince(null)}>
        Stop
      </Button>
    </p>
  );
}
