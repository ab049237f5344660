"use client";

import { useQueryClient } from "@tanstack/react-query";
import { parseAsInteger, useQueryState } from "nuqs";
import { useEffect, useRef } from "react";
import { messageOf } from "#components/api/client.ts";
import { toast } from "#components/ui/toast.tsx";
import { restored } from "./commands/restore.ts";
import { versionQuery } from "./queries.ts";
import { readDraft } from "./read-draft.ts";
import { useEditorStore } from "./use-editor.ts";

/** `?restore=12` puts a version into the draft, as one entry of undo; what is live does not change. */
export function useRestoreFromUrl(workflowId: string): void {
  const store = useEditorStore();
  const client = useQueryClient();
  const [version, setVersion] = useQueryState("restore", parseAsInteger);
  const begun = useRef<number | null>(null);
  useEffect(() => {
    if (version === null || begun.current === version) return;
    begun.current = version;
    client
      .fetchQuery(versionQuery(workflowId, version))
      .then((full) => {
        const document = readDraft(full.document ?? null);
        if (document === null || store.getState().readOnly) return;
        store.getState().apply(`Restore version ${version}`, (current) => restored(document, current));
        toast.success(`Version ${version} is in the draft`, {
          description: "What is live has not changed.",
          action: { label: "Undo", onClick: () => store.getState().undo() },
        });
      })
      .catch((error) => toast.error("The version could not be restored", { description: messageOf(error) }))
      .finally(() => void setVersion(null));
  }, [version, setVersion, workflowId, client, store]);
}
