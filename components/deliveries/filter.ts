import { parseAsString, parseAsStringLiteral } from "nuqs";

export const outcomes = ["accepted", "duplicate", "rejected"] as const;

/** What the address of the delivery list says. */
export const deliveryFilterParsers = {
  outcome: parseAsStringLiteral(outcomes),
  trigger: parseAsString,
};
