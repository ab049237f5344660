"use client";

import { SlidersHorizontal } from "lucide-react";
import { Suspense } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { lazyPart, usePrefetch } from "#components/ui/lazy.tsx";
import { useEditor, useEditorStore } from "../use-editor.ts";

const SettingsForm = lazyPart(async () => (await import("./settings-form.tsx")).SettingsForm);

/** The settings of the workflow as a whole. Edits go into the draft as they are typed, like those of a step. */
export function WorkflowSettings() {
  const store = useEditorStore();
  const open = useEditor((state) => state.settingsOpen);
  usePrefetch(SettingsForm);
  const setOpen = (settingsOpen: boolean) => store.getState().set({ settingsOpen });
  return (
    <>
      <IconButton label="Workflow settings" icon={<SlidersHorizontal aria-hidden />} onClick={() => setOpen(true)} />
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Workflow settings"
        description="For all runs of the next version. They are saved with the draft and can be undone."
        width="md"
        footer={
          <Button variant="primary" data-confirm onClick={() => setOpen(false)}>
            Done
          </Button>
        }
      >
        <Suspense>
          <SettingsForm />
        </Suspense>
      </Dialog>
    </>
  );
}
