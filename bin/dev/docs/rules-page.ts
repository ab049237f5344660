import { knownProviders } from "#lib/graph/lint/limits.ts";
import { lintRules } from "#lib/graph/lint/rules.ts";
import { code, page, table } from "./markdown.ts";

/** The reference of what the editor warns of before it happens. */
export function rulesPage(): string {
  return page("Reliability rules", [
    "What Sluice points out in a workflow that would go wrong only on a bad day. Each finding stands on its step, in the list of problems, and in the dialog that publishes; none of them blocks publishing. **Why** tells the reason, and most are mended by one click, which undo takes back. `sluice workflow validate` prints them too.",
    ...lintRules.flatMap((rule) => [
      `## ${rule.title}`,
      rule.why,
      `Rule ${code(rule.id)}. ${rule.mend === null ? "Only a person can tell how to mend it." : `One click: **${rule.mend}**.`}`,
    ]),
    "## Providers whose limits are known",
    "As they publish them, the strictest that holds for everybody. Your plan may allow more, or less.",
    table(
      ["provider", "host", "its limit"],
      knownProviders.map(({ name, host, words }) => [name, code(host), words]),
    ),
  ]);
}
