import type { Metadata } from "next";
import { RolloutBanner } from "#components/canvas/rollout/rollout-notice.tsx";
import { DeliveriesPage } from "#components/deliveries/deliveries-page.tsx";

export const metadata: Metadata = { title: "Deliveries" };

/** What was delivered to the triggers of one workflow, refused deliveries included. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <DeliveriesPage workflowId={id} notice={<RolloutBanner workflowId={id} />} />;
}
