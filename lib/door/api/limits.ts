import { isIPv6 } from "node:net";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "#lib/shared/errors.ts";

export interface LimitRule {
  /** Shown in the RateLimit headers. */
  name: string;
  limit: number;
  perMs: number;
}

/** Where a caller stands with one limit. */
export interface LimitState {
  rule: LimitRule;
  remaining: number;
  resetMs: number;
}

/** One limit of our own, per key, counted in this process. */
export class Limit {
  readonly rule: LimitRule;
  readonly #limiter: RateLimiterMemory;

  constructor(rule: LimitRule) {
    this.rule = rule;
    this.#limiter = new RateLimiterMemory({ points: rule.limit, duration: rule.perMs / 1_000 });
  }

  /** Takes one. Throws `rate_limited`, with the time to wait, when nothing is left. */
  async take(key: string): Promise<LimitState> {
    try {
      return this.#state(await this.#limiter.consume(key));
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      throw new LimitExceeded(this.#state(thrown));
    }
  }

  /** Throws like `take` when nothing is left, but takes nothing. For limits that count failures only. */
  async check(key: string): Promise<void> {
    const found = await this.#limiter.get(key);
    if (found !== null && found.consumedPoints >= this.rule.limit) throw new LimitExceeded(this.#state(found));
  }

  /** Forgets what a key took, for example after a successful sign-in. */
  async clear(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }

  #state(result: RateLimiterRes): LimitState {
    return { rule: this.rule, remaining: Math.max(0, this.rule.limit - result.consumedPoints), resetMs: result.msBeforeNext };
  }
}

export class LimitExceeded extends AppError {
  readonly state: LimitState;

  constructor(state: LimitState) {
    const seconds = Math.max(1, Math.ceil(state.resetMs / 1_000));
    super("rate_limited", `too many requests; try again in ${seconds} s`, { retryAfterMs: seconds * 1_000 });
    this.state = state;
  }
}

/** The headers of the IETF draft (draft-ietf-httpapi-ratelimit-headers-11). */
export function limitHeaders(state: LimitState): Record<string, string> {
  const { name, limit, perMs } = state.rule;
  return {
    "ratelimit-policy": `"${name}";q=${limit};w=${Math.ceil(perMs / 1_000)}`,
    ratelimit: `"${name}";r=${state.remaining};t=${Math.ceil(state.resetMs / 1_000)}`,
  };
}

/** The key of an address: one IPv6 customer owns a whole /64, and an IPv4 address has one spelling. */
export function addressKey(address: string): string {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.replace(/%.*$/, "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
