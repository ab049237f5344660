"use client";

import { CircleCheck } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Published } from "#lib/shared/api-types.ts";
import { nodeOf } from "../document-index.ts";
import { HookAddress } from "../header/webhook-button.tsx";
import { useDocument } from "../use-editor.ts";

/** After publishing: how each trigger is reached now. */
export function PublishedBody({ published, onClose }: { published: Published; onClose: () => void }) {
  const document = useDocument();
  return (
    <div className="flex flex-col gap-4">
      {published.triggers.map((trigger) => {
        const node = nodeOf(document, trigger.nodeId);
        return (
          <section key={trigger.id} aria-label={node?.name ?? trigger.type}>
            <h3 className="flex items-center gap-1.5 font-medium">
              <CircleCheck aria-hidden className="size-4 text-succeeded" />
              {node?.name ?? trigger.type}
            </h3>
            {trigger.url !== null && node !== undefined ? <HookAddress node={node} url={trigger.url} /> : null}
            {trigger.nextFireAt === null ? null : (
              <p className="mt-1 text-fg-muted">
                Fires next at <Time at={trigger.nextFireAt} absolute />
              </p>
            )}
            {trigger.poll === null ? null : (
              <p className="mt-1 text-fg-muted">
                Polls within seconds. {trigger.poll.begun ? "New items start runs." : "The first poll only takes note of what is there."}
              </p>
            )}
            {trigger.url === null && trigger.nextFireAt === null && trigger.poll === null ? (
              <p className="mt-1 text-fg-muted">Started by hand or through the API.</p>
            ) : null}
          </section>
        );
      })}
      <div className="flex justify-end">
        <Button data-confirm variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
