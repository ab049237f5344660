import * as z from "zod";
import { roles } from "#lib/services/permissions.ts";
import { createUser, emailSchema, passwordSchema, personNameSchema, resetPassword } from "#lib/services/users/index.ts";
import { type Command, type CommandInput, printResult, requiredFlag, stringFlag, UsageError } from "../command.ts";
import { readSecret, withServices } from "../command-context.ts";
import { parseInput } from "../parse-input.ts";

const newUserSchema = z.strictObject({ email: emailSchema, name: personNameSchema, role: z.enum(roles) });

async function create(input: CommandInput, email: string): Promise<number> {
  const given = { email, name: stringFlag(input, "name") ?? email, role: requiredFlag(input, "role") };
  const user = parseInput(newUserSchema, given);
  const password = parseInput(passwordSchema, await readSecret(`Password for ${user.email}: `));
  const { userId } = await withServices(input, (ctx) => createUser({ db: ctx.db, now: ctx.now, input: { ...user, password } }));
  printResult(input, { userId, email: user.email, role: user.role }, `${user.email} can sign in as ${user.role}`);
  return 0;
}

async function reset(input: CommandInput, given: string): Promise<number> {
  const email = parseInput(emailSchema, given);
  const password = parseInput(passwordSchema, await readSecret(`New password for ${email}: `));
  await withServices(input, (ctx) => resetPassword({ db: ctx.db, now: ctx.now, input: { email, password } }));
  printResult(input, { email }, `${email} has a new password; all sessions of this account have ended`);
  return 0;
}

export const command: Command = {
  summary: "Make an account, or set a new password",
  usage: [
    `create EMAIL --role ${roles.join("|")} [--name N]   the password on standard input`,
    "reset-password EMAIL   the new password on standard input",
  ],
  options: { role: { type: "string" }, name: { type: "string" } },
  run(input) {
    const [verb, email, ...rest] = input.positionals;
    if (email === undefined || rest.length > 0) throw new UsageError("give one e-mail address");
    if (verb === "create") return create(input, email);
    if (verb === "reset-password") return reset(input, email);
    throw new UsageError("say what to do: create or reset-password");
  },
};
