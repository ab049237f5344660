/** What a token may be given, in words. The permissions of a signed-in person decide which of them are offered. */
export const scopeWords: Record<string, string> = {
  "workflows:read": "See workflows and versions",
  "workflows:write": "Create and edit drafts",
  "workflows:publish": "Publish and archive",
  "workflows:operate": "Pause, resume, roll back",
  "runs:read": "See runs, steps and events",
  "runs:write": "Start, replay and cancel runs",
  "issues:read": "See the inbox",
  "issues:write": "Triage and redrive",
  "alerts:read": "See alerts, rules and channels, never addresses",
  "alerts:write": "Make, change and mute alert rules",
  "channels:write": "Create, change and test alert channels",
  "approvals:read": "See what is to be decided",
  "approvals:write": "Decide approvals",
  "connections:read": "See connections, never secrets",
  "connections:write": "Create, change and test connections",
  "sandbox:read": "See sandbox targets",
  "sandbox:write": "Change sandbox targets",
  "tokens:read": "See API tokens",
  "tokens:write": "Create and revoke API tokens",
  "members:read": "See members",
  "members:write": "Add, change and remove members",
  "audit:read": "Read the audit log",
};

const readOnly = Object.keys(scopeWords).filter((scope) => scope.endsWith(":read") && !/^(tokens|audit)/.test(scope));
const operate = [...readOnly, "workflows:operate", "runs:write", "issues:write", "alerts:write", "approvals:write"];
const build = [...operate, "workflows:write", "workflows:publish", "connections:write", "channels:write", "sandbox:write"];

export const scopePresets = [
  { label: "Read", scopes: readOnly },
  { label: "Operate", scopes: operate },
  { label: "Build", scopes: build },
] as const;
