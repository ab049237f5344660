import { parseAsString, parseAsStringLiteral } from "nuqs";
import { eventOutcomes } from "#lib/shared/statuses.ts";

/** What the address of the delivery list says. */
export const deliveryFilterParsers = {
  outcome: parseAsStringLiteral(eventOutcomes),
  trigger: parseAsString,
};
