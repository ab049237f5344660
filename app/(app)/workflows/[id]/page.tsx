import { WorkflowEditor } from "#components/canvas/editor.tsx";

/** The canvas editor of one workflow. */
export default async function WorkflowPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <WorkflowEditor workflowId={id} />;
}
