import type { Metadata } from "next";
import { VersionsPage } from "#components/canvas/versions/versions-page.tsx";

export const metadata: Metadata = { title: "Versions" };

/** The versions of one workflow, two of them compared. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <VersionsPage workflowId={id} />;
}
