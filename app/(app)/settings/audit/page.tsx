import type { Metadata } from "next";
import { AuditPage } from "#components/settings/audit-page.tsx";

export const metadata: Metadata = { title: "Audit log · Settings" };

export default function Page() {
  return <AuditPage />;
}
