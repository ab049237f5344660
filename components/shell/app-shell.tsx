"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { Menu as MenuIcon, Search } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { SessionGate } from "#components/api/session.tsx";
import { useStream } from "#components/api/stream.ts";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { lazyDialog, OnceOpen } from "#components/ui/lazy.tsx";
import { Logo } from "#components/ui/logo.tsx";
import { usePreferences } from "#components/ui/preferences.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { Nav, navPlaces } from "./nav.tsx";
import { type Overlay, openShortcutSheet, setOverlay, useOverlay } from "./overlays.ts";
import { useNavCollapsed } from "./use-nav-collapsed.ts";

const CommandPalette = lazyDialog(async () => (await import("./command-palette.tsx")).CommandPalette);
const ShortcutSheet = lazyDialog(async () => (await import("./shortcut-sheet.tsx")).ShortcutSheet);

/** Navigation, palette, shortcuts and live updates around every page of somebody signed in. */
export function AppShell({ children }: { children: ReactNode }) {
  return (
    <SessionGate>
      <Shell>{children}</Shell>
    </SessionGate>
  );
}

function focusSearch() {
  document.querySelector<HTMLInputElement>("main input[type=search]")?.focus();
}

function useGlobalKeys(toggleNav: () => void) {
  const router = useRouter();
  useShortcuts("Everywhere", [
    { keys: "$mod+k", label: "Search and commands", always: true, run: () => setOverlay("palette") },
    {
      keys: "$mod+b",
      label: "Narrow or widen the navigation",
      always: true,
      run: toggleNav,
    },
    { keys: "Shift+?", label: "Keyboard shortcuts", run: openShortcutSheet },
    { keys: "/", label: "Search this list", run: focusSearch, yields: true },
    ...navPlaces.map((place) => ({ keys: place.keys, label: place.label, run: () => router.push(place.href) })),
  ]);
}

function Shell({ children }: { children: ReactNode }) {
  useStream();
  const nav = useNavCollapsed();
  useGlobalKeys(nav.toggle);
  const overlay = useOverlay();
  const { density } = usePreferences();
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
  const toggle = (name: Overlay) => (open: boolean) => setOverlay(open ? name : null);
  return (
    <div className={cn("md:grid", nav.collapsed ? "md:grid-cols-[52px_minmax(0,1fr)]" : "md:grid-cols-[220px_minmax(0,1fr)]")}>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-1.5 text-accent-fg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <div className="sticky top-0 hidden h-dvh border-r bg-subtle md:block">
        <Nav collapsed={nav.collapsed} onSearch={() => setOverlay("palette")} />
      </div>
      <TopBar />
      <MobileNav open={overlay === "nav"} onOpenChange={toggle("nav")} />
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        {children}
      </main>
      <OnceOpen open={overlay === "palette"} part={CommandPalette}>
        <CommandPalette open={overlay === "palette"} onOpenChange={toggle("palette")} />
      </OnceOpen>
      <OnceOpen open={overlay === "shortcuts"} part={ShortcutSheet}>
        <ShortcutSheet open={overlay === "shortcuts"} onOpenChange={toggle("shortcuts")} />
      </OnceOpen>
    </div>
  );
}

/** On a phone the navigation hides behind a button. */
function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex h-11 items-center gap-2 border-b bg-bg px-2 md:hidden">
      <IconButton label="Navigation" icon={<MenuIcon aria-hidden />} size="icon" onClick={() => setOverlay("nav")} />
      <Logo className="size-5" />
      <span className="flex-1 font-semibold">Sluice</span>
      <IconButton label="Search and commands" icon={<Search aria-hidden />} size="icon" onClick={() => setOverlay("palette")} />
    </header>
  );
}

function MobileNav({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const pathname = usePathname();
  // Following a link closes the drawer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the path changes and only then
  useEffect(() => onOpenChange(false), [pathname]);
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-black/40 dark:bg-black/65" />
        <Base.Popup aria-label="Navigation" className="fixed inset-y-0 left-0 z-30 w-60 bg-float shadow-float outline-none">
          <Nav collapsed={false} onSearch={() => setOverlay("palette")} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
