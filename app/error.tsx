"use client";

import { PageCrash, type PageCrashProps } from "#components/shell/page-crash.tsx";

export default function RootError(props: PageCrashProps) {
  return (
    <main>
      <PageCrash {...props} />
    </main>
  );
}
