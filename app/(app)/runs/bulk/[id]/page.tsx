import type { Metadata } from "next";
import { BatchPage } from "#components/runs/batch-page.tsx";

export const metadata: Metadata = { title: "Bulk act on runs" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <BatchPage batchId={id} />;
}
