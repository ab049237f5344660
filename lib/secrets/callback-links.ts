import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { isId } from "#lib/shared/ids.ts";

/** The step a link belongs to. It may not have been reached yet, so the link names it instead of being stored with it. */
export interface LinkedStep {
  workspaceId: string;
  runId: string;
  nodeId: string;
  iteration: string;
}

const macLength = 16;
const idLength = 16;
const nameAt = macLength + 2 * idLength;
/** Longer than any that is made: a node id has at most 64 characters, an iteration a number for each loop around it. */
const maxTokenLength = 400;
const separator = "\n";

/**
 * The links by which a remote says that it is done. A token holds what it stands for and a message authentication code
 * over it, under a key that only this instance can derive: nothing is stored until it is used, and nobody can make one up.
 */
export class CallbackLinks {
  readonly #key: Buffer;
  readonly #baseUrl: string;

  /** `secretKey`: the 32 bytes of SLUICE_SECRET_KEY. */
  constructor({ secretKey, baseUrl }: { secretKey: Uint8Array; baseUrl: string }) {
    this.#key = Buffer.from(hkdfSync("sha256", secretKey, "", "sluice callback links v1", 32));
    this.#baseUrl = baseUrl;
  }

  /** The address that completes a step. */
  url(step: LinkedStep): string {
    return `${this.#baseUrl}/callbacks/${this.token(step)}`;
  }

  /** The last part of that address. */
  token(step: LinkedStep): string {
    const named = Buffer.concat([
      toBytes(step.workspaceId),
      toBytes(step.runId),
      Buffer.from(`${step.nodeId}${separator}${step.iteration}`),
    ]);
    return Buffer.concat([this.#mac(named), named]).toString("base64url");
  }

  /** The step a token stands for; null for one that was not made here, whatever is wrong with it. */
  read(token: string): LinkedStep | null {
    if (token.length > maxTokenLength) return null;
    const bytes = Buffer.from(token, "base64url");
    // A second spelling of a token (other bits after the last byte) is none: one link, one address.
    if (bytes.length <= nameAt || bytes.toString("base64url") !== token) return null;
    const named = bytes.subarray(macLength);
    if (!timingSafeEqual(bytes.subarray(0, macLength), this.#mac(named))) return null;
    const [nodeId = "", iteration = ""] = named.toString("utf8", 2 * idLength).split(separator);
    return { workspaceId: toId(named.subarray(0, idLength)), runId: toId(named.subarray(idLength, 2 * idLength)), nodeId, iteration };
  }

  #mac(named: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(named).digest().subarray(0, macLength);
  }
}

function toBytes(id: string): Buffer {
  if (!isId(id)) throw new Error("a link is made for ids only");
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

function toId(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
