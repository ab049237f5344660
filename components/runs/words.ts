const triggers: Record<string, string> = {
  webhook: "Webhook",
  schedule: "Schedule",
  manual: "Manual",
  api: "API",
  poll: "Poll",
  "workflow-failed": "Workflow failed",
  replay: "Replay",
};

/** "webhook" → "Webhook". */
export function triggerWords(type: string): string {
  return triggers[type] ?? type;
}
