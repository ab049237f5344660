"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CircleDashed, CircleX, CopyCheck, Hourglass, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useDeferredValue, useMemo } from "react";
import { messageOf } from "#components/api/client.ts";
import { cn } from "#components/ui/cn.ts";
import { Time } from "#components/ui/time.tsx";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { ResolvedPolicy } from "#lib/policies/defaults.ts";
import type { DuplicateCheck, EarlierCall } from "#lib/shared/api-nodes.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { useSample } from "../expression/sample-context.ts";
import { duplicateQuery } from "../queries.ts";

interface DuplicatePreviewProps {
  workflowId: string;
  node: WorkflowNode;
  idempotency: ResolvedPolicy["idempotency"];
}

/** Whether the sample at hand would be taken for a duplicate now, worked out while the key is typed. */
export function DuplicatePreview({ workflowId, node, idempotency }: DuplicatePreviewProps) {
  const sample = useSample();
  const template = useDeferredValue(idempotency.key);
  const key = useMemo(() => (sample === null || template === null ? undefined : keyOf(template, sample.scope)), [sample, template]);
  const { scope } = idempotency;
  const question = { workflowId, nodeId: node.id, key: key ?? null, scope, connectionId: node.connectionId };
  const check = useQuery({ ...duplicateQuery(question), enabled: key !== undefined, placeholderData: keepPreviousData });
  // A key that cannot be worked out is told below its field.
  if (key === undefined) return null;
  if (check.error !== null)
    return (
      <Line icon={CircleX} tone="text-failed">
        Whether the sample is a duplicate could not be asked: {messageOf(check.error)}
      </Line>
    );
  if (check.data === undefined)
    return (
      <Line icon={CircleDashed} tone="text-fg-subtle">
        Looking for this key…
      </Line>
    );
  return <Answer check={check.data} />;
}

function keyOf(template: string, scope: Parameters<typeof createEvaluate>[0]): JsonValue | undefined {
  try {
    return createEvaluate(scope, { maxSteps: 100_000 }).template(template);
  } catch {
    return undefined;
  }
}

const looks: Record<EarlierCall["state"], { icon: LucideIcon; tone: string; title: string; outlook: string }> = {
  done: { icon: CopyCheck, tone: "text-duplicate", title: "A duplicate.", outlook: "It would get the stored result, and no call is made." },
  failed: { icon: CircleX, tone: "text-failed", title: "A duplicate of a failure.", outlook: "It would share that failure." },
  "under-way": { icon: Hourglass, tone: "text-waiting", title: "Its twin is under way.", outlook: "It would wait for the other to end." },
  unknown: {
    icon: Hourglass,
    tone: "text-waiting",
    title: "Its twin waits for a decision.",
    outlook: "It would wait until a person says what became of that call.",
  },
  free: {
    icon: CircleDashed,
    tone: "text-fg-muted",
    title: "Not a duplicate.",
    outlook: "An earlier call under this key was not applied, so it would be made.",
  },
};

function Answer({ check }: { check: DuplicateCheck }) {
  if (check.problem !== null)
    return (
      <Line icon={CircleX} tone="text-failed">
        {check.problem} The step would fail, rather than take all items for the same.
      </Line>
    );
  if (check.earlier === null) {
    return (
      <Line icon={CircleDashed} tone="text-fg-muted">
        <span className="font-medium text-fg">Not a duplicate.</span> Nothing was done yet under <Key text={check.key} />.
      </Line>
    );
  }
  const { state, runId, firstSeenAt } = check.earlier;
  const look = looks[state];
  return (
    <Line icon={look.icon} tone={look.tone}>
      <span className="font-medium text-fg">{look.title}</span> <Key text={check.key} /> was first seen <Time at={firstSeenAt} /> in{" "}
      <Link href={`/runs/${runId}`} className="text-accent-text underline underline-offset-2">
        this run
      </Link>
      . {look.outlook}
    </Line>
  );
}

function Key({ text }: { text: string }) {
  return <code className="wrap-anywhere rounded bg-muted px-1 font-mono">{text}</code>;
}

function Line({ icon: Icon, tone, children }: { icon: LucideIcon; tone: string; children: ReactNode }) {
  return (
    <div role="status" aria-label="This sample" className="flex gap-2 rounded-md bg-subtle px-2.5 py-1.5 text-fg-muted text-sm">
      <Icon aria-hidden className={cn("mt-px size-3.5 shrink-0", tone)} />
      <p className="min-w-0">{children}</p>
    </div>
  );
}
