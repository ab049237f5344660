"use client";

import { useEffect } from "react";

/** The tab's title when it depends on data: "Deploy guard · Runs". Pages with a fixed title export `metadata` instead. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (!title) return;
    const before = document.title;
    document.title = `${title} · Sluice`;
    return () => {
      document.title = before;
    };
  }, [title]);
}
