"use client";

import { usePathname } from "next/navigation";
import { setPreferences, usePreferences } from "#components/ui/preferences.ts";
import { useMedia } from "#components/ui/use-media.ts";

const editorPath = /^\/workflows\/[^/]+$/;

/** Whether the navigation is narrow: as somebody chose, and else where the page has better use for the room. */
export function useNavCollapsed(): { collapsed: boolean; toggle: () => void } {
  const { navCollapsed } = usePreferences();
  const narrow = useMedia("(max-width: 1279px)");
  const wide = useMedia("(min-width: 1680px)");
  const inEditor = editorPath.test(usePathname());
  const collapsed = navCollapsed ?? (narrow || (inEditor && !wide));
  return { collapsed, toggle: () => setPreferences({ navCollapsed: !collapsed }) };
}
