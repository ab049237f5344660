/* What /api/v1 answers about who is told of issues; beside inbox-types.ts. */

export const channelKinds = ["webhook", "slack", "email"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What happens to an issue that people can be told of. */
export const alertKinds = ["opened", "regressed", "escalating", "unsnoozed"] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertStates = ["pending", "sent", "failed", "suppressed"] as const;
export type AlertState = (typeof alertStates)[number];

export interface AlertChannelView {
  id: string;
  name: string;
  kind: ChannelKind;
  /** Where it leads, without what is secret in an address. */
  target: string;
  enabled: boolean;
  /** Why it is off when nobody turned it off. */
  disabledReason: string | null;
  failingSince: string | null;
  /** Nothing goes out before. */
  resumeAt: string | null;
  lastSuccessAt: string | null;
  lastFailureAt: string | null;
  lastAnswer: string | null;
  /** Alerts that wait to be sent through it. */
  waiting: number;
}

/** A channel as it was made: the signing key of a webhook is told this once. */
export interface AlertChannelMade extends AlertChannelView {
  signingKey: string | null;
}

export interface AlertRuleView {
  id: string;
  name: string;
  /** Empty: all. */
  workflows: { id: string; name: string }[];
  /** Empty: all. */
  issueTypes: string[];
  criticalOnly: boolean;
  kinds: AlertKind[];
  channels: { id: string; name: string; kind: ChannelKind; enabled: boolean }[];
  enabled: boolean;
  mutedUntil: string | null;
  muteReason: string;
  mutedBy: string | null;
  lastNotifiedAt: string | null;
}

/** What a rule would have spoken of lately. */
export interface AlertRulePreview {
  days: number;
  count: number;
  latest: { kind: AlertKind; at: string; issueId: string; title: string }[];
}

export interface AlertView {
  id: string;
  kind: AlertKind;
  state: AlertState;
  attempts: number;
  /** While it is pending. */
  nextAt: string | null;
  answer: string | null;
  /** How many alerts went out in the same message. */
  messageSize: number;
  createdAt: string;
  sentAt: string | null;
  rule: { id: string; name: string };
  channel: { id: string; name: string; kind: ChannelKind };
  issue: { id: string; title: string; type: string; workflowName: string | null };
}

/** How a test message fared. */
export interface ChannelTest {
  ok: boolean;
  answer: string;
  /** What was sent, as its receiver saw it. */
  sent: string;
}
