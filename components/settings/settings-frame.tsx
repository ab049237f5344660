"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useSession } from "#components/api/session.tsx";
import { cn } from "#components/ui/cn.ts";
import { PageHeader } from "#components/ui/page-header.tsx";

const sections = [
  { href: "/settings/profile", label: "Profile", needs: null },
  { href: "/settings/tokens", label: "API tokens", needs: "tokens:read" },
  { href: "/settings/members", label: "Members", needs: "members:read" },
  { href: "/settings/audit", label: "Audit log", needs: "audit:read" },
] as const;

/** The settings and the way between their sections. What the role may not see is not offered. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const { permissions } = useSession();
  const shown = sections.filter((section) => section.needs === null || permissions.includes(section.needs));
  return (
    <>
      <PageHeader title="Settings" />
      <nav aria-label="Settings" className="flex gap-4 overflow-x-auto border-b px-4 md:px-6">
        {shown.map((section) => (
          <Link
            key={section.href}
            href={section.href}
            aria-current={pathname === section.href ? "page" : undefined}
            className={cn(
              "-mb-px focus-inset inline-flex h-9 items-center whitespace-nowrap border-transparent border-b-2 text-fg-muted hover:text-fg",
              pathname === section.href && "border-accent font-medium text-fg",
            )}
          >
            {section.label}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}
