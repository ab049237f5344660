"use client";

import { createContext, type ReactNode, use } from "react";

const NonceContext = createContext<string | undefined>(undefined);

/** Hands the nonce of the page's Content-Security-Policy to what makes style elements at run time. */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return <NonceContext value={nonce}>{children}</NonceContext>;
}

/** The nonce of this page, for `EditorView.cspNonce` and the like. */
export function useNonce(): string | undefined {
  return use(NonceContext);
}
