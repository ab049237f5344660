"use client";

import { useEffect } from "react";
import type { EditorStore } from "./store.ts";

const restMs = 150;

/** Checks the document as the server does, shortly after each edit. Errors come first. */
export function useProblemCheck(store: EditorStore): void {
  useEffect(() => {
    let gone = false;
    const check = async () => {
      // Fetched here: a document is to be seen before what checks it has been loaded.
      const { findProblems } = await import("./find-problems.ts");
      if (gone) return;
      const { document, connections, set } = store.getState();
      set({ problems: findProblems(document, new Set(connections.map((connection) => connection.id))) });
    };
    let timer = setTimeout(check, restMs);
    const unsubscribe = store.subscribe((next, previous) => {
      if (next.document === previous.document && next.connections === previous.connections) return;
      clearTimeout(timer);
      timer = setTimeout(check, restMs);
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store]);
}
