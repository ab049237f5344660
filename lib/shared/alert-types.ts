/** What happens to an issue that people can be told of. */
export type AlertKind = "opened" | "regressed" | "escalating" | "unsnoozed";
