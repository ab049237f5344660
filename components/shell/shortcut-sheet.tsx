"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { usePreferences } from "#components/ui/preferences.ts";
import { keysInWords, type ShortcutGroup, useShortcutGroups } from "#components/ui/shortcuts.ts";

const fixed: ShortcutGroup = {
  title: "Dialogs",
  shortcuts: [
    { keys: "$mod+Enter", label: "Confirm", run: () => undefined },
    { keys: "Escape", label: "Close the top layer", run: () => undefined },
  ],
};

/** Several components may listen under one title; the sheet shows them as one group. */
function mergeByTitle(groups: readonly ShortcutGroup[]): [string, { keys: string; label: string }[]][] {
  const merged = new Map<string, Map<string, string>>();
  for (const group of groups) {
    const lines = merged.get(group.title) ?? new Map<string, string>();
    for (const { keys, label } of group.shortcuts) if (label) lines.set(keys, label);
    merged.set(group.title, lines);
  }
  return [...merged]
    .filter(([, lines]) => lines.size > 0)
    .map(([title, lines]) => [title, [...lines].map(([keys, label]) => ({ keys, label }))]);
}

/** What the keys do on this page. */
export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const groups = useShortcutGroups();
  const { shortcuts } = usePreferences();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Keyboard shortcuts"
      description={shortcuts ? undefined : "Single-letter shortcuts are off; switch them on in the settings."}
      width="md"
    >
      <div className="columns-1 gap-8 sm:columns-2">
        {mergeByTitle([...groups, fixed]).map(([title, lines]) => (
          <section key={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 font-medium text-fg-muted text-sm">{title}</h3>
            <dl>
              {lines.map(({ keys, label }) => (
                <div key={keys} className="flex min-h-7 items-center justify-between gap-4">
                  <dt>{label}</dt>
                  <dd>
                    <Kbd keys={keysInWords(keys)} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
