const triggers: Record<string, string> = {
  webhook: "Webhook",
  schedule: "Schedule",
  manual: "Manual",
  api: "API",
  poll: "Poll",
  "workflow-failed": "Workflow failed",
  "sub-workflow": "Called by a run",
  replay: "Replay",
};

/** "webhook" → "Webhook". */
export function triggerWords(type: string): string {
  return triggers[type] ?? type;
}

export const triggerOptions = Object.entries(triggers).map(([value, label]) => ({ value, label }));
