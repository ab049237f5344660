"use client";

import { useQuery } from "@tanstack/react-query";
import {
  BellRing,
  Cable,
  FlaskConical,
  History,
  Inbox,
  type LucideIcon,
  PanelLeft,
  Search,
  Settings,
  UserCheck,
  Workflow,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { api } from "#components/api/client.ts";
import { type StreamState, useStreamState } from "#components/api/stream.ts";
import { Button, IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatCount } from "#components/ui/format.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { Logo } from "#components/ui/logo.tsx";
import { keysInWords } from "#components/ui/shortcuts.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { ApprovalCounts } from "#lib/shared/approval-types.ts";
import type { IssueCounts } from "#lib/shared/inbox-types.ts";
import { useNavCollapsed } from "./use-nav-collapsed.ts";
import { UserMenu } from "./user-menu.tsx";

export interface NavPlace {
  href: string;
  label: string;
  icon: LucideIcon;
  keys: string;
  /** Of its count: what failed, or what waits for somebody. */
  tone?: "waiting";
}

export const navPlaces: readonly NavPlace[] = [
  { href: "/workflows", label: "Workflows", icon: Workflow, keys: "g w" },
  { href: "/runs", label: "Runs", icon: History, keys: "g r" },
  { href: "/inbox", label: "Inbox", icon: Inbox, keys: "g d" },
  { href: "/approvals", label: "Approvals", icon: UserCheck, keys: "g p", tone: "waiting" },
  { href: "/alerts", label: "Alerts", icon: BellRing, keys: "g a" },
  { href: "/connections", label: "Connections", icon: Cable, keys: "g c" },
  { href: "/sandbox", label: "Sandbox", icon: FlaskConical, keys: "g x" },
  { href: "/settings", label: "Settings", icon: Settings, keys: "g s" },
];

const liveWords: Record<StreamState, string> = {
  connecting: "Connecting to live updates",
  live: "Live: changes appear by themselves",
  lost: "Live updates are interrupted; reconnecting",
};

const liveDots: Record<StreamState, string> = { connecting: "bg-fg-subtle", live: "bg-succeeded", lost: "bg-retrying" };

function LiveDot() {
  const state = useStreamState();
  return (
    <Tooltip content={liveWords[state]} side="right">
      <span role="img" aria-label={liveWords[state]} className="flex size-6 items-center justify-center">
        <span className={cn("size-1.5 rounded-full", liveDots[state])} />
      </span>
    </Tooltip>
  );
}

function NavLink({ place, collapsed, count }: { place: NavPlace; collapsed: boolean; count: number | undefined }) {
  const pathname = usePathname();
  const here = pathname === place.href || pathname.startsWith(`${place.href}/`);
  const Icon = place.icon;
  const link = (
    <Link
      href={place.href}
      aria-current={here ? "page" : undefined}
      aria-label={collapsed ? `${place.label}${count ? `, ${formatCount(count)} to review` : ""}` : undefined}
      className={cn(
        "group flex h-8 items-center gap-2.5 rounded-md px-2 text-fg-muted hover:bg-hover hover:text-fg",
        here && "bg-muted font-medium text-fg",
        collapsed && "relative justify-center px-0",
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {collapsed ? null : <span className="flex-1 truncate">{place.label}</span>}
      {count ? (
        <span
          className={cn(
            "rounded-full px-1.5 font-medium text-xs tabular-nums",
            place.tone === "waiting" ? "bg-waiting-tint text-waiting" : "bg-dead-tint text-dead",
            collapsed && "absolute top-0 right-0 px-1",
          )}
        >
          {formatCount(count)}
          <span className="sr-only"> to review</span>
        </span>
      ) : null}
    </Link>
  );
  return collapsed ? (
    <Tooltip content={place.label} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

export const countsQuery = {
  queryKey: ["issue-counts"],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<IssueCounts>("/issues/counts", { signal }),
};

const approvalCountsQuery = {
  queryKey: ["approval-counts"],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<ApprovalCounts>("/approvals/counts", { signal }),
};

/** The left navigation; narrow when collapsed. On a phone it fills a drawer. */
export function Nav({ collapsed, onSearch }: { collapsed: boolean; onSearch: () => void }) {
  const counts = useQuery(countsQuery);
  const approvals = useQuery(approvalCountsQuery);
  const countOf: Record<string, number | undefined> = { "/inbox": counts.data?.review, "/approvals": approvals.data?.mine };
  return (
    <nav aria-label="Main" className="flex h-full flex-col gap-3 p-2">
      <div className={cn("flex h-9 items-center gap-2", collapsed ? "justify-center" : "px-1.5")}>
        <Logo className="size-6 shrink-0" />
        {collapsed ? null : <span className="font-semibold text-lg tracking-tight">Sluice</span>}
      </div>
      {collapsed ? (
        <IconButton
          label="Search and commands"
          shortcut={keysInWords("$mod+k")}
          icon={<Search aria-hidden />}
          onClick={onSearch}
          className="mx-auto"
        />
      ) : (
        <Button onClick={onSearch} className="justify-start px-2 font-normal text-fg-subtle" icon={<Search aria-hidden />}>
          <span className="flex-1 text-left">Search</span>
          <Kbd keys={keysInWords("$mod+k")} />
        </Button>
      )}
      <ul className="flex flex-1 flex-col gap-0.5">
        {navPlaces.map((place) => (
          <li key={place.href}>
            <NavLink place={place} collapsed={collapsed} count={countOf[place.href]} />
          </li>
        ))}
      </ul>
      <div className={cn("flex items-center gap-1", collapsed && "flex-col")}>
        <UserMenu collapsed={collapsed} />
        <LiveDot />
        <CollapseButton />
      </div>
    </nav>
  );
}

function CollapseButton() {
  const { collapsed, toggle } = useNavCollapsed();
  return (
    <IconButton
      label={collapsed ? "Widen the navigation" : "Narrow the navigation"}
      shortcut={keysInWords("$mod+b")}
      icon={<PanelLeft aria-hidden />}
      onClick={toggle}
      className="hidden md:inline-flex"
    />
  );
}
