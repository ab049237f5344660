"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { ThemeProvider } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { QueryProvider } from "#components/api/query-provider.tsx";
import { NonceProvider } from "#components/ui/nonce.tsx";
import { Toaster } from "#components/ui/toast.tsx";
import { TooltipProvider, tooltipDelayMs } from "#components/ui/tooltip.tsx";

/** Everything the screens expect around them. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange enableColorScheme={false} {...(nonce ? { nonce } : {})}>
      <CSPProvider {...(nonce ? { nonce } : {})} disableStyleElements>
        <NonceProvider nonce={nonce}>
          <NuqsAdapter>
            <QueryProvider>
              <TooltipProvider delay={tooltipDelayMs}>
                <Toaster>{children}</Toaster>
              </TooltipProvider>
            </QueryProvider>
          </NuqsAdapter>
        </NonceProvider>
      </CSPProvider>
    </ThemeProvider>
  );
}
