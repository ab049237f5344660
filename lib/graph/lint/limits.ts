import { own } from "#lib/shared/json.ts";
import type { WorkflowNode } from "../document.ts";
import { activeNodes, type LintRule, withNode } from "./rule.ts";

interface Provider {
  name: string;
  /** Of the host, from its end. */
  host: string;
  limit: number;
  perMs: number;
  /** What the provider publishes. */
  words: string;
}

/** Published limits, rounded down where they depend on the plan. */
export const knownProviders: readonly Provider[] = [
  { name: "Slack", host: "slack.com", limit: 1, perMs: 1_000, words: "about 1 message a second and channel" },
  { name: "GitHub", host: "api.github.com", limit: 80, perMs: 60_000, words: "80 requests that create content a minute, 5,000 an hour" },
  { name: "Stripe", host: "api.stripe.com", limit: 100, perMs: 1_000, words: "100 requests a second" },
  { name: "HubSpot", host: "api.hubapi.com", limit: 100, perMs: 10_000, words: "100 requests in 10 seconds" },
  { name: "Airtable", host: "api.airtable.com", limit: 5, perMs: 1_000, words: "5 requests a second and base" },
  { name: "Notion", host: "api.notion.com", limit: 3, perMs: 1_000, words: "3 requests a second" },
  { name: "Google Sheets", host: "sheets.googleapis.com", limit: 60, perMs: 60_000, words: "60 requests a minute and user" },
  { name: "Shopify", host: "myshopify.com", limit: 2, perMs: 1_000, words: "2 requests a second" },
  { name: "Discord", host: "discord.com", limit: 50, perMs: 1_000, words: "50 requests a second" },
  { name: "Zendesk", host: "zendesk.com", limit: 200, perMs: 60_000, words: "200 requests a minute" },
  { name: "Pipedrive", host: "pipedrive.com", limit: 20, perMs: 2_000, words: "20 requests in 2 seconds" },
  { name: "Salesforce", host: "salesforce.com", limit: 25, perMs: 1_000, words: "25 long requests at a time, and a daily quota" },
];

/** The provider a node calls, by the host of its address; null when that is unknown or made by an expression. */
function providerOf(node: WorkflowNode): Provider | null {
  const url = own(node.config, "url");
  const host = typeof url === "string" ? /^https?:\/\/([^/?#{}:]+)/i.exec(url)?.[1]?.toLowerCase() : undefined;
  if (host === undefined) return null;
  return knownProviders.find((provider) => host === provider.host || host.endsWith(`.${provider.host}`)) ?? null;
}

export const unthrottledProvider: LintRule = {
  id: "unthrottled-provider",
  title: "A provider with known limits is called without any",
  why: "A burst of events becomes a burst of calls. What exceeds the provider's limit is refused, waits and comes again, and with many providers goes on to block the account for everybody. A limit of our own sends the calls at the pace the provider takes.",
  mend: "Set the provider's limit",
  find: (compiled) =>
    activeNodes(compiled).flatMap((node) => {
      const provider = providerOf(node);
      // The limits of a connection are not in the document, and a connection is the right place for them.
      if (!provider || node.connectionId !== null || (node.policy.throttle?.windows?.length ?? 0) > 0) return [];
      const windows = [{ limit: provider.limit, perMs: provider.perMs }];
      return [
        {
          node,
          field: "policy.throttle",
          message: `${provider.name} takes ${provider.words}; without a limit a burst is refused`,
          mend: (document) =>
            withNode(document, node.id, (one) => ({
              ...one,
              policy: { ...one.policy, throttle: { ...one.policy.throttle, windows } },
            })),
        },
      ];
    }),
};
