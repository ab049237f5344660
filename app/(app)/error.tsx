"use client";

import { PageCrash, type PageCrashProps } from "#components/shell/page-crash.tsx";

export default function AppError(props: PageCrashProps) {
  return <PageCrash {...props} />;
}
