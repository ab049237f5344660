"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";

export const panelTabs = ["settings", "reliability", "test", "notes"] as const;
export type PanelTab = (typeof panelTabs)[number];

const parsers = {
  node: parseAsString,
  tab: parseAsStringLiteral(panelTabs).withDefault("settings"),
  /** Dotted path of the setting to focus, from the problem list. */
  field: parseAsString,
};

export interface PanelState {
  nodeId: string | null;
  tab: PanelTab;
  field: string | null;
  /** Opening from nothing pushes a history entry, so that Back closes the panel; switching nodes replaces it. */
  open(nodeId: string, tab?: PanelTab, field?: string | null): void;
  setTab(tab: PanelTab): void;
  close(): void;
}

/** Which node's panel is open, on which tab. In the URL, so that it can be sent to somebody. */
export function usePanel(): PanelState {
  const [{ node, tab, field }, setState] = useQueryStates(parsers);
  const isOpen = node !== null;
  const open = useCallback(
    (nodeId: string, nextTab?: PanelTab, nextField: string | null = null) => {
      void setState(
        { node: nodeId, field: nextField, ...(nextTab === undefined ? {} : { tab: nextTab }) },
        { history: isOpen ? "replace" : "push" },
      );
    },
    [setState, isOpen],
  );
  const setTab = useCallback((next: PanelTab) => void setState({ tab: next, field: null }), [setState]);
  const close = useCallback(() => void setState({ node: null, tab: null, field: null }), [setState]);
  return useMemo(() => ({ nodeId: node, tab, field, open, setTab, close }), [node, tab, field, open, setTab, close]);
}
