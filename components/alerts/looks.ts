import { BellOff, CircleCheck, CircleDashed, CircleX, Hourglass, Power, RotateCw, TriangleAlert } from "lucide-react";
import type { StatusLook } from "#components/ui/status.ts";
import type { AlertChannelView, AlertRuleView, AlertState, AlertView } from "#lib/shared/alert-types.ts";

export const alertLooks: Record<AlertState, StatusLook> = {
  pending: { label: "Waiting", meaning: "It is sent as soon as its channel may send again", icon: Hourglass, tone: "waiting" },
  sent: { label: "Sent", meaning: "The channel took it", icon: CircleCheck, tone: "succeeded" },
  failed: { label: "Failed", meaning: "It could not be delivered, and is not tried any more", icon: CircleX, tone: "failed" },
  suppressed: { label: "Not sent", meaning: "Its rule was muted, or its channel was off", icon: BellOff, tone: "canceled" },
};

const retrying: StatusLook = {
  label: "Retrying",
  meaning: "An attempt failed; the next one is scheduled",
  icon: RotateCw,
  tone: "retrying",
};

/** How an alert of the log looks. */
export function lookOfAlert({ state, attempts }: Pick<AlertView, "state" | "attempts">): StatusLook {
  return state === "pending" && attempts > 0 ? retrying : alertLooks[state];
}

const ruleLooks = {
  active: { label: "Active", meaning: "It speaks of what happens from now on", icon: CircleCheck, tone: "succeeded" },
  muted: { label: "Muted", meaning: "It is looked at, and sends nothing", icon: BellOff, tone: "waiting" },
  off: { label: "Off", meaning: "It is not looked at", icon: Power, tone: "canceled" },
  mute: { label: "Tells nobody", meaning: "None of its channels can send", icon: TriangleAlert, tone: "failed" },
} as const satisfies Record<string, StatusLook>;

/** How a rule stands. */
export function lookOfRule({ enabled, mutedUntil, channels }: Pick<AlertRuleView, "enabled" | "mutedUntil" | "channels">): StatusLook {
  if (!enabled) return ruleLooks.off;
  if (mutedUntil !== null) return ruleLooks.muted;
  return channels.some((channel) => channel.enabled) ? ruleLooks.active : ruleLooks.mute;
}

const channelLooks = {
  untried: { label: "Never used", meaning: "Nothing was sent through it yet; send a test", icon: CircleDashed, tone: "queued" },
  working: { label: "Working", meaning: "What was sent last arrived", icon: CircleCheck, tone: "succeeded" },
  failing: { label: "Failing", meaning: "What was sent last did not arrive", icon: CircleX, tone: "failed" },
  off: { label: "Off", meaning: "Somebody turned it off", icon: Power, tone: "canceled" },
  disabled: { label: "Turned off", meaning: "It turned itself off, since nothing arrived", icon: TriangleAlert, tone: "failed" },
} as const satisfies Record<string, StatusLook>;

/** How a channel stands. */
export function lookOfChannel(channel: AlertChannelView): StatusLook {
  if (!channel.enabled) return channel.disabledReason === null ? channelLooks.off : channelLooks.disabled;
  const { lastSuccessAt, lastFailureAt } = channel;
  if (lastFailureAt !== null && (lastSuccessAt === null || lastFailureAt > lastSuccessAt)) return channelLooks.failing;
  return lastSuccessAt === null ? channelLooks.untried : channelLooks.working;
}
