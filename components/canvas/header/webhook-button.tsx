"use client";

import { Webhook } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Popover } from "#components/ui/popover.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { firstInput } from "../run/sample-inputs.ts";
import { useDocument } from "../use-editor.ts";
import { DeliveriesLink } from "./deliveries-link.tsx";
import { webhookHelp } from "./webhook-help.ts";

/** The addresses of the workflow's webhooks, to copy. One address each, before and after every publish. */
export function WebhookButton({ workflow, compact = false }: { workflow: WorkflowView; compact?: boolean }) {
  const document = useDocument();
  const hooks = document.nodes.filter((node) => node.type === "webhook");
  if (hooks.length === 0) return null;
  return (
    <Popover
      label="Webhook address"
      align="end"
      className="w-[32rem] p-4"
      trigger={
        compact ? (
          <IconButton label="Webhook" icon={<Webhook aria-hidden />} />
        ) : (
          <Button variant="ghost" size="sm" icon={<Webhook aria-hidden />} className="hidden md:inline-flex">
            Webhook
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {hooks.map((node) => (
          <Hook key={node.id} node={node} url={workflow.triggers.find((trigger) => trigger.nodeId === node.id)?.url ?? null} />
        ))}
        <DeliveriesLink workflow={workflow} />
      </div>
    </Popover>
  );
}

function Hook({ node, url }: { node: WorkflowNode; url: string | null }) {
  return (
    <section aria-label={node.name}>
      <h2 className="font-medium">{node.name}</h2>
      {url === null ? (
        <p className="mt-1 text-fg-muted">Publish the workflow to get the address. It stays the same for all later versions.</p>
      ) : (
        <HookAddress node={node} url={url} />
      )}
    </section>
  );
}

/** Address, `curl` and signing hint of one webhook. */
export function HookAddress({ node, url }: { node: WorkflowNode; url: string }) {
  const document = useDocument();
  const help = webhookHelp(url, node, firstInput(document));
  return (
    <div className="mt-1.5 flex flex-col gap-2">
      <div className="flex items-center gap-1.5 rounded-md border bg-subtle py-1 pr-1 pl-2.5">
        <output aria-label="Webhook URL" className="wrap-anywhere min-w-0 flex-1 font-mono text-sm">
          {url}
        </output>
        <CopyButton text={url} label="webhook URL" />
      </div>
      <div className="rounded-md border bg-subtle">
        <div className="flex h-8 items-center justify-between border-b pr-1 pl-2.5 text-fg-subtle text-sm">
          Try it from a shell
          <CopyButton text={help.curl} label="curl command" className="size-6" />
        </div>
        <pre className="max-h-40 overflow-auto px-2.5 py-2 font-mono text-sm leading-5">{help.curl}</pre>
      </div>
      <p className="text-fg-muted text-sm">{help.hint}</p>
    </div>
  );
}
