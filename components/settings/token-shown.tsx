"use client";

import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useSession } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton, useCopy } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { TokenCreated } from "#lib/shared/api-types.ts";

/** The token, shown once. Closing before it was copied asks. */
export function TokenShown({ token, onClose }: { token: TokenCreated; onClose: () => void }) {
  const { baseUrl } = useSession();
  const { copied, copy } = useCopy(token.token);
  const [wasCopied, setWasCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  const curl = `curl -H 'authorization: Bearer ${token.token}' ${baseUrl}/api/v1/workflows`;
  const close = () => {
    if (wasCopied || asked) onClose();
    else setAsked(true);
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      width="md"
      title={`Token ${token.name}`}
      description="Copy it now: it is not stored and will not be shown again."
      footer={
        <>
          {asked && !wasCopied ? (
            <p role="alert" className="mr-auto flex items-center gap-1.5 text-retrying text-sm">
              <TriangleAlert aria-hidden className="size-3.5" /> It was not copied yet.
            </p>
          ) : null}
          <Button data-confirm variant={wasCopied ? "primary" : "secondary"} onClick={close}>
            {asked && !wasCopied ? "Close anyway" : "Done"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex items-center gap-2">
          <code className="wrap-anywhere min-w-0 flex-1 rounded-md border bg-subtle px-2.5 py-1.5 font-mono text-sm">{token.token}</code>
          <Button
            variant="primary"
            data-autofocus
            onClick={() => {
              copy();
              setWasCopied(true);
            }}
          >
            {copied ? "Copied" : "Copy token"}
          </Button>
        </div>
        <div>
          <p className="mb-1 text-fg-muted text-sm">Try it</p>
          <div className="flex items-start gap-1 rounded-md border bg-subtle py-1 pr-1 pl-2.5">
            <code className="wrap-anywhere min-w-0 flex-1 py-1 font-mono text-sm">{curl}</code>
            <CopyButton text={curl} label="command" />
          </div>
        </div>
      </div>
    </Dialog>
  );
}
