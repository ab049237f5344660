import { createToken, createTokenSchema } from "#lib/services/tokens/index.ts";
import { type Command, type CommandInput, printResult, requiredFlag, stringFlag, UsageError } from "../command.ts";
import { withServices } from "../command-context.ts";
import { parseInput } from "../parse-input.ts";

const units = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `90d`, `12h`, `2w`, or `never`, as the moment it ends. Undefined: the default of the service. */
function readExpiry(input: CommandInput): string | null | undefined {
  const given = stringFlag(input, "expires");
  if (given === undefined) return undefined;
  if (given === "never") return null;
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(given) ?? [];
  if (count === undefined || (unit !== "h" && unit !== "d" && unit !== "w"))
    throw new UsageError("--expires is a time such as 90d, 12h, 2w, or never");
  return new Date(Date.now() + Number(count) * units[unit]).toISOString();
}

export const command: Command = {
  summary: "Make an API token",
  usage: [
    "create --name N --scopes a,b [--expires 90d]   prints the token alone",
    "   scopes are permissions such as runs:read, or the groups all, build, operate, read",
  ],
  options: { name: { type: "string" }, scopes: { type: "string" }, expires: { type: "string" } },
  async run(input) {
    if (input.positionals.join(" ") !== "create") throw new UsageError("say what to do: sluice token create …");
    const expiresAt = readExpiry(input);
    const parsed = parseInput(createTokenSchema, {
      name: requiredFlag(input, "name"),
      scopes: requiredFlag(input, "scopes")
        .split(",")
        .map((scope) => scope.trim()),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    const made = await withServices(input, (ctx) => createToken({ ctx, input: parsed }));
    printResult(input, made, made.token);
    return 0;
  },
};
