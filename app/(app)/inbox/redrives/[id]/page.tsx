import type { Metadata } from "next";
import { RedrivePage } from "#components/inbox/redrive-page.tsx";

export const metadata: Metadata = { title: "Bulk act" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RedrivePage redriveId={id} />;
}
