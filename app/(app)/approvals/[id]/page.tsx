import type { Metadata } from "next";
import { ApprovalPage } from "#components/approvals/approval-page.tsx";

export const metadata: Metadata = { title: "Approval" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ApprovalPage approvalId={id} />;
}
