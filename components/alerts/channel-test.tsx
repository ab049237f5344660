"use client";

import { CircleCheck, CircleX } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { sentence } from "#components/ui/format.ts";
import { intoView } from "#components/ui/into-view.ts";
import type { ChannelTest } from "#lib/shared/alert-types.ts";

/** How a test went: the answer, and what was sent. */
export function ChannelTestDialog({ name, test, onClose }: { name: string; test: ChannelTest; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} width="md" title={`Test of ${name}`} footer={<Button onClick={onClose}>Close</Button>}>
      <ChannelTestResult test={test} />
    </Dialog>
  );
}

export function ChannelTestResult({ test }: { test: ChannelTest }) {
  const Icon = test.ok ? CircleCheck : CircleX;
  return (
    <div className="flex flex-col gap-3">
      <p
        role="status"
        ref={intoView}
        className={cn(
          "flex items-start gap-2 rounded-md px-3 py-2",
          test.ok ? "bg-succeeded-tint text-succeeded" : "bg-failed-tint text-failed",
        )}
      >
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="wrap-anywhere">
          <span className="font-medium">{test.ok ? "It arrived" : "It did not arrive"}</span>. {sentence(test.answer)}
        </span>
      </p>
      <details className="text-sm">
        <summary className="cursor-pointer text-fg-muted">What was sent</summary>
        <pre className="wrap-anywhere mt-1 max-h-60 overflow-auto whitespace-pre-wrap rounded-md border bg-subtle px-2.5 py-2 font-mono">
          {readable(test.sent)}
        </pre>
      </details>
    </div>
  );
}

/** A mail is text, the other messages are JSON. */
function readable(sent: string): string {
  return sent.startsWith("{") ? JSON.stringify(JSON.parse(sent), null, 2) : sent;
}
