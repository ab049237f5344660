import type { ReactNode } from "react";
import { BodyView } from "#components/ui/body-view.tsx";
import { cn } from "#components/ui/cn.ts";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { deliveryLooks } from "#components/ui/status.ts";
import { toneClasses } from "#components/ui/status-badge.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { EventView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { reasonWords } from "./reasons.ts";
import type { DeliveryTrigger } from "./triggers.ts";

/** A delivery: what became of it and why, then what it brought. */
export function DeliveryView({ event, triggers }: { event: EventView; triggers: readonly DeliveryTrigger[] }) {
  const text = (name: string) => {
    const value = own(event.data, name);
    return typeof value === "string" && value !== "" ? value : null;
  };
  const [method, deliveryId] = [text("method"), text("deliveryId")];
  const trigger = triggers.find((each) => each.id === event.triggerId);
  return (
    <div className="flex flex-col gap-4 p-4">
      <Outcome event={event} detail={text("detail")} />
      <Facts
        facts={[
          { name: "Received", value: <TimeWithCopy at={event.receivedAt} /> },
          trigger !== undefined && { name: "Trigger", value: trigger.name },
          method !== null && { name: "Method", value: <span className="font-mono text-sm">{method}</span> },
          event.size > 0 && { name: "Size", value: formatBytes(event.size) },
          event.dedupeKey !== null && { name: "Duplicate key", value: <CopyText text={event.dedupeKey} label="duplicate key" /> },
          deliveryId !== null &&
            deliveryId !== event.dedupeKey && { name: "Delivery id", value: <CopyText text={deliveryId} label="delivery id" /> },
          event.reason !== null && { name: "Reason", value: <CopyText text={event.reason} label="reason" /> },
          { name: "Event", value: <CopyText text={event.id} label="event id" /> },
        ]}
      />
      <Content event={event} />
    </div>
  );
}

function Outcome({ event, detail }: { event: EventView; detail: string | null }) {
  if (event.outcome === "accepted" && event.reason === null) return null;
  const { what, todo } = reasonWords(event);
  const isRejected = event.outcome === "rejected";
  const tone = toneClasses[deliveryLooks[event.outcome].tone];
  const more = own(event.data, "alsoRefusedSinceTheLast");
  return (
    <div className={cn("rounded-md px-3 py-2.5", tone.tint)}>
      <p className={cn("font-medium", tone.text)}>{what}</p>
      <p className="mt-0.5">{todo}</p>
      {isRejected && detail !== null ? <p className="mt-1.5 text-fg-muted text-sm">The sender was told: {detail}.</p> : null}
      {typeof more === "number" ? (
        <p className="mt-1.5 text-fg-muted text-sm">
          {plural(more, "more delivery was", "more deliveries were")} refused shortly before. So many came that only some are listed.
        </p>
      ) : null}
    </div>
  );
}

function Content({ event }: { event: EventView }) {
  const { data, outcome } = event;
  if (outcome === "duplicate")
    return <p className="text-fg-muted">What a repeat brings is not kept. The first run shows what came first.</p>;
  if (data === null) return <p className="text-fg-muted">Its data is not stored any more.</p>;
  const [headers, query, body] = [own(data, "headers"), own(data, "query"), own(data, "body")];
  if (!isJsonObject(headers)) {
    return (
      <Section title="Data">
        <JsonView value={data} label="data" expand={3} tall />
      </Section>
    );
  }
  return (
    <>
      <Section title="Headers" note="Secrets are masked before anything is stored.">
        <JsonView value={headers} label="headers" tall />
      </Section>
      {isJsonObject(query) && Object.keys(query).length > 0 ? (
        <Section title="Query">
          <JsonView value={query} label="query" tall />
        </Section>
      ) : null}
      <Section title="Body">
        {outcome === "rejected" ? <p className="text-fg-muted">The body of a refused delivery is not kept.</p> : <Body body={body} />}
      </Section>
    </>
  );
}

function Body({ body }: { body: JsonValue | undefined }) {
  if (body === undefined || body === null || typeof body === "string") return <BodyView text={body ?? null} label="body" />;
  return <JsonView value={body} label="body" expand={3} tall />;
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 flex flex-wrap items-baseline gap-x-2 font-semibold">
        {title}
        {note ? <span className="font-normal text-fg-subtle text-sm">{note}</span> : null}
      </h3>
      {children}
    </section>
  );
}
