import type { Route } from "./route.ts";
import { runAndInboxRoutes } from "./routes/runs.ts";
import { sandboxTargetRoutes } from "./routes/sandbox.ts";
import { workflowRoutes } from "./routes/workflows.ts";
import { workspaceRoutes } from "./routes/workspace.ts";

/** Every route of /api/v1 that is behind a permission. */
export const routes: Route[] = [...workflowRoutes, ...runAndInboxRoutes, ...workspaceRoutes, ...sandboxTargetRoutes];
