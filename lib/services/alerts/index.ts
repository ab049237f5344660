export { changeChannel } from "./change-channel.ts";
export { changeRule } from "./change-rule.ts";
export { createChannel } from "./create-channel.ts";
export { createRule } from "./create-rule.ts";
export { listAlerts } from "./list-alerts.ts";
export { listChannels } from "./list-channels.ts";
export { listRules } from "./list-rules.ts";
export { previewRule } from "./preview-rule.ts";
export { removeChannel } from "./remove-channel.ts";
export { removeRule } from "./remove-rule.ts";
export {
  changeChannelSchema,
  changeRuleSchema,
  createChannelSchema,
  createRuleSchema,
  listAlertsSchema,
  previewRuleSchema,
} from "./schemas.ts";
export { testChannel } from "./test-channel.ts";
