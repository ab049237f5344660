import type { Metadata } from "next";
import { BatchesPage } from "#components/runs/batches-page.tsx";

export const metadata: Metadata = { title: "Bulk acts on runs" };

export default function Page() {
  return <BatchesPage />;
}
