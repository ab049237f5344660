"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { useSession } from "#components/api/session.tsx";
import { signOut } from "#components/api/sign-in.ts";
import { buttonClass } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { resolveZone, setPreferences, usePreferences } from "#components/ui/preferences.ts";
import { openShortcutSheet } from "./overlays.ts";

export const themes = [
  { value: "system", label: "System theme", icon: Monitor },
  { value: "light", label: "Light theme", icon: Sun },
  { value: "dark", label: "Dark theme", icon: Moon },
] as const;

/** Leaves the session and everything fetched under it. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  const router = useRouter();
  return () => {
    void signOut().finally(() => {
      client.clear();
      router.replace("/sign-in");
    });
  };
}

/** Theme, zone, shortcuts, sign-out. */
export function UserMenu({ collapsed }: { collapsed: boolean }) {
  const { user, role, workspace } = useSession();
  const { theme, setTheme } = useTheme();
  const { zone } = usePreferences();
  const leave = useSignOut();
  const entries: MenuEntry[] = [
    { type: "heading", label: `${user.email} · ${role} of ${workspace.name}` },
    { type: "separator" },
    ...themes.map(
      ({ value, label, icon: Icon }): MenuEntry => ({
        type: "choice",
        label,
        icon: <Icon aria-hidden />,
        checked: theme === value,
        onSelect: () => setTheme(value),
      }),
    ),
    { type: "separator" },
    {
      type: "choice",
      label: `Times in ${resolveZone("browser")}`,
      checked: zone === "browser",
      onSelect: () => setPreferences({ zone: "browser" }),
    },
    { type: "choice", label: "Times in UTC", checked: zone === "UTC", onSelect: () => setPreferences({ zone: "UTC" }) },
    { type: "separator" },
    { label: "Keyboard shortcuts", icon: <Keyboard aria-hidden />, shortcut: "?", onSelect: openShortcutSheet },
    { label: "Sign out", icon: <LogOut aria-hidden />, onSelect: leave },
  ];
  const initial = (user.name || user.email).slice(0, 1).toUpperCase();
  return (
    <Menu
      side="top"
      align="start"
      entries={entries}
      trigger={
        <button
          type="button"
          aria-label={collapsed ? `Account of ${user.name}` : undefined}
          className={cn(buttonClass({ variant: "ghost" }), "min-w-0 justify-start px-1.5", collapsed ? "" : "flex-1")}
        >
          <span
            aria-hidden
            className="flex size-5 shrink-0 items-center justify-center rounded-full bg-accent-tint font-semibold text-accent-text text-xs"
          >
            {initial}
          </span>
          {collapsed ? null : <span className="truncate font-normal">{user.name}</span>}
          {collapsed ? null : <span className="sr-only">, account</span>}
        </button>
      }
    />
  );
}
