import { readFileSync } from "node:fs";
import { basename } from "node:path";

export interface Statement {
  name: string;
  text: string;
}

/** Loads one statement from its own file, to be prepared once a connection under the file's name. */
export function statement(url: URL): Statement {
  return { name: basename(url.pathname, ".sql"), text: readFileSync(url, "utf8") };
}
