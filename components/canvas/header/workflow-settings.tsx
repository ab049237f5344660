"use client";

import { SlidersHorizontal } from "lucide-react";
import { IconButton } from "#components/ui/button.tsx";
import { lazyDialog, OnceOpen } from "#components/ui/lazy.tsx";
import { useEditor, useEditorStore } from "../use-editor.ts";

const SettingsDialog = lazyDialog(async () => (await import("./settings-dialog.tsx")).SettingsDialog);

/** Opens the settings of the workflow as a whole. */
export function WorkflowSettings() {
  const store = useEditorStore();
  const open = useEditor((state) => state.settingsOpen);
  const setOpen = (settingsOpen: boolean) => store.getState().set({ settingsOpen });
  return (
    <>
      <IconButton label="Workflow settings" icon={<SlidersHorizontal aria-hidden />} onClick={() => setOpen(true)} />
      <OnceOpen open={open} part={SettingsDialog}>
        <SettingsDialog open={open} onOpenChange={setOpen} />
      </OnceOpen>
    </>
  );
}
