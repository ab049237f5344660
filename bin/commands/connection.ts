import * as connections from "#lib/services/connections/index.ts";
import type { Context } from "#lib/services/context.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isId } from "#lib/shared/ids.ts";
import { type Command, type CommandInput, printResult, requiredFlag, UsageError } from "../command.ts";
import { withServices } from "../command-context.ts";
import { parseInput } from "../parse-input.ts";

/** By id, or by its name. */
async function requireConnection(ctx: Context, wanted: string): Promise<string> {
  if (isId(wanted)) return wanted;
  const { items } = await connections.listConnections({ ctx, input: connections.listConnectionsSchema.parse({ q: wanted, limit: 200 }) });
  const found = items.find((item) => item.name === wanted);
  if (found === undefined) throw new AppError("not_found", `there is no connection ${wanted}`);
  return found.id;
}

type Verb = (ctx: Context, id: string) => Promise<ConnectionView>;

function verbOf(input: CommandInput): Verb {
  switch (input.positionals[0]) {
    case "isolate": {
      const given = parseInput(connections.isolateConnectionSchema, { reason: requiredFlag(input, "reason") });
      return (ctx, id) => connections.isolateConnection({ ctx, input: { ...given, id } });
    }
    case "release":
      return (ctx, id) => connections.releaseConnection({ ctx, input: { id } });
    default:
      throw new UsageError("say what to do: isolate, release");
  }
}

export const command: Command = {
  summary: "Take a connection out of service, and put it back",
  usage: [
    "isolate CONNECTION --reason TEXT   no step calls through it; those that want to wait and lose nothing",
    "release CONNECTION                 back into service; what waits goes on",
    "   CONNECTION is an id or a name",
  ],
  options: { reason: { type: "string" } },
  async run(input) {
    const verb = verbOf(input);
    const wanted = input.positionals[1];
    if (wanted === undefined) throw new UsageError("the connection is missing");
    const view = await withServices(input, async (ctx) => verb(ctx, await requireConnection(ctx, wanted)));
    printResult(input, view, `${view.name} is ${view.status === "isolated" ? "isolated" : "in service"}`);
    return 0;
  },
};
