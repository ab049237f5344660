"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { CornerDownLeft, Globe, History, Keyboard, LogOut, Plus, Rows3, Workflow, Zap } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { type ReactNode, useRef, useState } from "react";
import { workflowsQuery } from "#components/api/workflows.ts";
import { cn } from "#components/ui/cn.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { getPreferences, setPreferences } from "#components/ui/preferences.ts";
import { keysInWords, useShortcutGroups } from "#components/ui/shortcuts.ts";
import { navPlaces } from "./nav.tsx";
import { openShortcutSheet } from "./overlays.ts";
import { paletteScore } from "./palette-score.ts";
import { themes, useSignOut } from "./user-menu.tsx";

/** Keys that act on what is open, rather than on the row the keyboard stands on. */
const pageTitles = new Set(["Editor", "Canvas"]);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Entry {
  id: string;
  label: string;
  icon: ReactNode;
  keys?: string;
  run: () => void;
}

function useEntries(): { title: string; entries: Entry[] }[] {
  const router = useRouter();
  const { setTheme } = useTheme();
  const leave = useSignOut();
  const go: Entry[] = navPlaces.map(({ href, label, icon: Icon, keys }) => ({
    id: href,
    label,
    icon: <Icon aria-hidden />,
    keys,
    run: () => router.push(href),
  }));
  const actions: Entry[] = [
    { id: "new", label: "New workflow", icon: <Plus aria-hidden />, run: () => router.push("/workflows?new=1") },
    ...themes.map(({ value, label, icon: Icon }): Entry => ({ id: value, label, icon: <Icon aria-hidden />, run: () => setTheme(value) })),
    {
      id: "zone",
      label: "Switch times between UTC and local",
      icon: <Globe aria-hidden />,
      run: () => setPreferences({ zone: getPreferences().zone === "UTC" ? "browser" : "UTC" }),
    },
    {
      id: "density",
      label: "Switch row height",
      icon: <Rows3 aria-hidden />,
      run: () => setPreferences({ density: getPreferences().density === "dense" ? "comfortable" : "dense" }),
    },
    { id: "keys", label: "Keyboard shortcuts", icon: <Keyboard aria-hidden />, keys: "?", run: openShortcutSheet },
    { id: "leave", label: "Sign out", icon: <LogOut aria-hidden />, run: leave },
  ];
  return [
    { title: "Go to", entries: go },
    { title: "Actions", entries: actions },
  ];
}

/** Ctrl/⌘ K: go to a place, a workflow or a run by its id; switch theme, zone, row height. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  // What acts on the page waits until the keyboard is back on it.
  const afterwards = useRef<(() => void) | null>(null);
  const onClosed = (isOpen: boolean) => {
    if (isOpen) return;
    afterwards.current?.();
    afterwards.current = null;
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)} onOpenChangeComplete={onClosed}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 dark:bg-black/65" />
        <Base.Popup
          aria-label="Search and commands"
          className="fixed inset-x-3 top-[12dvh] z-40 mx-auto max-w-xl overflow-hidden rounded-lg bg-float shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          <Palette
            onDone={(then) => {
              afterwards.current = then ?? null;
              onOpenChange(false);
            }}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** What can be done on this page by a key, for whoever does not know the key. */
function usePageEntries(): Entry[] {
  const groups = useShortcutGroups();
  return groups
    .filter(({ title }) => pageTitles.has(title))
    .flatMap(({ shortcuts }) =>
      shortcuts.flatMap(({ keys, label, run }): Entry[] => {
        if (label === undefined) return [];
        const entry = { id: `page ${keys}`, label, icon: <Zap aria-hidden />, keys: keysInWords(keys) };
        return [{ ...entry, run: () => run(new KeyboardEvent("keydown")) }];
      }),
    );
}

function Palette({ onDone }: { onDone: (then?: () => void) => void }) {
  const [search, setSearch] = useState("");
  const router = useRouter();
  const groups = useEntries();
  const onPage = usePageEntries();
  const workflows = useQuery(workflowsQuery);
  const runId = uuid.test(search.trim()) ? search.trim().toLowerCase() : null;
  const pick = (run: () => void) => () => {
    onDone();
    run();
  };
  return (
    <Command label="Search and commands" loop filter={score}>
      <Command.Input
        value={search}
        onValueChange={setSearch}
        placeholder="Go to a workflow, a run id, or do something"
        className="h-12 w-full border-b bg-transparent px-4 text-lg outline-none placeholder:text-fg-subtle focus-visible:outline-none"
      />
      <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-fg-muted">Nothing matches.</Command.Empty>
        {runId ? (
          <Line
            id={runId}
            label={`Open run ${runId}`}
            icon={<History aria-hidden />}
            onSelect={pick(() => router.push(`/runs/${runId}`))}
          />
        ) : null}
        {search === "" ? null : <PageGroup entries={onPage} onDone={onDone} />}
        {groups.map((group) => (
          <Command.Group key={group.title} heading={group.title} className={groupClass}>
            {group.entries.map((entry) => (
              <Line key={entry.id} id={entry.id} label={entry.label} icon={entry.icon} keys={entry.keys} onSelect={pick(entry.run)} />
            ))}
          </Command.Group>
        ))}
        {search === "" ? <PageGroup entries={onPage} onDone={onDone} /> : null}
        {workflows.data && workflows.data.items.length > 0 ? (
          <Command.Group heading="Workflows" className={groupClass}>
            {workflows.data.items.map((workflow) => (
              <Line
                key={workflow.id}
                id={workflow.id}
                label={workflow.name}
                icon={<Workflow aria-hidden />}
                onSelect={pick(() => router.push(`/workflows/${workflow.id}`))}
              />
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command>
  );
}

/** What is done here comes first as soon as something is typed. */
function PageGroup({ entries, onDone }: { entries: Entry[]; onDone: (then: () => void) => void }) {
  if (entries.length === 0) return null;
  return (
    <Command.Group heading="On this page" className={groupClass}>
      {entries.map((entry) => (
        <Line key={entry.id} id={entry.id} label={entry.label} icon={entry.icon} keys={entry.keys} onSelect={() => onDone(entry.run)} />
      ))}
    </Command.Group>
  );
}

/** Lines bear their id as their value, and their name as their only keyword. */
function score(id: string, search: string, [name = id]: string[] = []): number {
  return paletteScore(name, id, search);
}

const groupClass =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-fg-subtle [&_[cmdk-group-heading]]:text-xs";

function Line({
  id,
  label,
  icon,
  keys,
  onSelect,
}: {
  id: string;
  label: string;
  icon: ReactNode;
  keys?: string | undefined;
  onSelect: () => void;
}) {
  return (
    <Command.Item
      value={id}
      keywords={[label]}
      onSelect={onSelect}
      className={cn(
        "group flex h-8 items-center gap-2.5 rounded-md px-2 text-fg [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-fg-subtle",
        "data-[selected=true]:bg-hover",
      )}
    >
      {icon}
      <span className="flex-1 truncate">{label}</span>
      {keys ? <Kbd keys={keys} /> : <CornerDownLeft aria-hidden className="invisible group-data-[selected=true]:visible" />}
    </Command.Item>
  );
}
