import type { Route } from "./route.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { inboxRoutes } from "./routes/inbox.ts";
import { redriveRoutes } from "./routes/redrives.ts";
import { runBatchRoutes } from "./routes/run-batches.ts";
import { runRoutes } from "./routes/runs.ts";
import { sandboxTargetRoutes } from "./routes/sandbox.ts";
import { savedViewRoutes } from "./routes/saved-views.ts";
import { workflowRoutes } from "./routes/workflows.ts";
import { workspaceRoutes } from "./routes/workspace.ts";

/** Every route of /api/v1 that is behind a permission. */
export const routes: Route[] = [
  ...workflowRoutes,
  ...runRoutes,
  ...runBatchRoutes,
  ...savedViewRoutes,
  ...inboxRoutes,
  ...redriveRoutes,
  ...alertRoutes,
  ...approvalRoutes,
  ...workspaceRoutes,
  ...sandboxTargetRoutes,
];
