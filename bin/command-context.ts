import { readFile } from "node:fs/promises";
import { stdin } from "node:process";
import { Secrets } from "#lib/secrets/secrets.ts";
import type { ContextWith } from "#lib/services/context.ts";
import { inTransaction } from "#lib/services/transaction.ts";
import { ensureWorkspace } from "#lib/services/users/index.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import type { CommandInput } from "./command.ts";
import { withDatabase } from "./database.ts";
import { loadSecretKey } from "./secret-key.ts";

/** Runs something with the services, as the system: whoever can start this process holds the database anyway. */
export async function withServices<T>(input: CommandInput, use: (ctx: ContextWith<"baseUrl" | "secrets">) => Promise<T>): Promise<T> {
  const settings = parseSettings(input.env);
  const key = Buffer.from(await loadSecretKey(settings), "base64");
  return withDatabase(settings, async (db) => {
    const { workspaceId } = await inTransaction({ db }, ensureWorkspace);
    const secrets = new Secrets({ pool: db.pool, key });
    const actor = { type: "system" as const, job: "cli" };
    return use({ actor, workspaceId, db, now: Date.now, requestId: "cli", baseUrl: settings.baseUrl, secrets });
  });
}

/** Reads a file whole; `-` is standard input. */
export async function readInput(path: string): Promise<string> {
  if (path !== "-") return readFile(path, "utf8");
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads one line from standard input, without its end. A password on the command line would be in everybody's process list. */
export async function readSecret(prompt: string): Promise<string> {
  if (stdin.isTTY) process.stderr.write(prompt);
  const text = stdin.isTTY ? await readHidden() : await readInput("-");
  return text.replace(/\r?\n$/, "");
}

const interrupt = "\u0003";
const erase = new Set(["\u007f", "\b"]);

/** Reads a line from the terminal without showing it. */
function readHidden(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = () => {
      stdin.off("data", onData).setRawMode(false).pause();
      process.stderr.write("\n");
    };
    const onData = (data: Buffer) => {
      for (const character of data.toString("utf8")) {
        if (character === interrupt) {
          end();
          return reject(new Error("interrupted"));
        }
        if (character === "\r" || character === "\n") {
          end();
          return resolve(text);
        }
        text = erase.has(character) ? text.slice(0, -1) : text + character;
      }
    };
    stdin.setRawMode(true).resume().on("data", onData);
  });
}
