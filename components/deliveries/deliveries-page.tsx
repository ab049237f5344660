"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Webhook } from "lucide-react";
import Link from "next/link";
import { parseAsString, useQueryState, useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { ApiFailure } from "#components/api/client.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { DeliveryList } from "./delivery-list.tsx";
import { DeliveryPanel } from "./delivery-panel.tsx";
import { deliveryFilterParsers } from "./filter.ts";
import { workflowQuery } from "./queries.ts";
import { type DeliveryTrigger, deliveryTriggers } from "./triggers.ts";

interface DeliveriesPageProps {
  workflowId: string;
  /** What whoever is at the workflow should know, below the title. */
  notice: ReactNode;
}

/** What was delivered to the triggers of one workflow: accepted, recognised as duplicates, refused. */
export function DeliveriesPage({ workflowId, notice }: DeliveriesPageProps) {
  const workflow = useQuery(workflowQuery(workflowId));
  usePageTitle(workflow.data ? `${workflow.data.name} · Deliveries` : undefined);
  if (workflow.isPending) return <SkeletonRows label="Loading the deliveries" />;
  if (!workflow.data) {
    return <WorkflowMissing error={workflow.error} onRetry={() => void workflow.refetch()} retrying={workflow.isFetching} />;
  }
  return <Deliveries workflow={workflow.data} notice={notice} />;
}

function Deliveries({ workflow, notice }: { workflow: WorkflowView; notice: ReactNode }) {
  const [opened, setOpened] = useQueryState("event", parseAsString.withOptions({ history: "replace" }));
  const triggers = deliveryTriggers(workflow);
  return (
    <div className="flex h-shell">
      <section aria-label="Deliveries" className="flex min-w-0 flex-1 flex-col">
        <PageHeader
          title="Deliveries"
          breadcrumb={
            <Link
              href={`/workflows/${workflow.id}`}
              className="inline-flex max-w-full items-center gap-1 rounded hover:text-fg hover:underline"
            >
              <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
              <span className="truncate">{workflow.name}</span>
            </Link>
          }
          actions={triggers.length > 1 ? <TriggerFilter triggers={triggers} /> : null}
        />
        {notice}
        {triggers.length === 0 ? (
          <NoTriggers workflow={workflow} />
        ) : (
          <>
            <OutcomeTabs />
            <DeliveryList triggers={triggers} opened={opened} onOpen={setOpened} />
          </>
        )}
      </section>
      {opened ? <DeliveryPanel key={opened} id={opened} triggers={triggers} onClose={() => void setOpened(null)} /> : null}
    </div>
  );
}

const everyTrigger = "all";

function TriggerFilter({ triggers }: { triggers: readonly DeliveryTrigger[] }) {
  const [{ trigger }, setFilter] = useQueryStates(deliveryFilterParsers);
  const options = [{ value: everyTrigger, label: "Every trigger" }, ...triggers.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <Select
      aria-label="Trigger"
      className="w-52"
      options={options}
      value={trigger ?? everyTrigger}
      onValueChange={(value) => void setFilter({ trigger: value === everyTrigger ? null : value })}
    />
  );
}

const tabs = [
  { value: "all", label: "All" },
  { value: "accepted", label: "Accepted" },
  { value: "duplicate", label: "Duplicate" },
  { value: "superseded", label: "Superseded" },
  { value: "batched", label: "Batched" },
  { value: "dropped", label: "Dropped" },
  { value: "rejected", label: "Rejected" },
] as const;

function OutcomeTabs() {
  const [{ outcome }, setFilter] = useQueryStates(deliveryFilterParsers);
  return (
    <Tabs
      label="Outcome"
      className="-mb-px"
      listClassName="md:px-6"
      items={tabs}
      value={outcome ?? "all"}
      onValueChange={(value) => void setFilter({ outcome: value === "all" ? null : value })}
    />
  );
}

function NoTriggers({ workflow }: { workflow: WorkflowView }) {
  const isPublished = workflow.liveVersion !== null;
  return (
    <EmptyState
      icon={<Webhook />}
      title={isPublished ? "Nothing is delivered to this workflow" : "Nothing can be delivered yet"}
      actions={
        <ButtonLink href={`/workflows/${workflow.id}`} variant="primary">
          Open the editor
        </ButtonLink>
      }
    >
      {isPublished
        ? "Its live version is only started by hand. Give it a webhook or a schedule, and what comes in appears here."
        : "Its triggers start to listen when it is published. From then on everything that comes in appears here."}
    </EmptyState>
  );
}

function WorkflowMissing({ error, onRetry, retrying }: { error: unknown; onRetry: () => void; retrying: boolean }) {
  if (error instanceof ApiFailure && error.status === 404) {
    return (
      <EmptyState icon={<Webhook />} title="There is no such workflow" actions={<ButtonLink href="/workflows">All workflows</ButtonLink>}>
        The address is mistyped, or the workflow belongs to another workspace.
      </EmptyState>
    );
  }
  return <ErrorState title="The workflow could not be loaded" error={error} onRetry={onRetry} retrying={retrying} />;
}
