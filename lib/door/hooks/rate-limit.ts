/** A token bucket: `limit` at once, and refilled evenly over `perMs`. */
export interface Rate {
  limit: number;
  perMs: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by name, for one process. A bucket that has filled up again is the same as none, and is dropped. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #maxBuckets: number;

  constructor(maxBuckets = 10_000) {
    this.#maxBuckets = maxBuckets;
  }

  /** Takes one token; else tells in how many ms there will be one. */
  take(name: string, rate: Rate, nowMs: number): { taken: true } | { taken: false; retryAfterMs: number } {
    const perMs = rate.limit / rate.perMs;
    const bucket = this.#buckets.get(name) ?? this.#add(name, rate, nowMs);
    bucket.tokens = Math.min(rate.limit, bucket.tokens + Math.max(0, nowMs - bucket.at) * perMs);
    bucket.at = nowMs;
    if (bucket.tokens < 1) return { taken: false, retryAfterMs: Math.ceil((1 - bucket.tokens) / perMs) };
    bucket.tokens -= 1;
    return { taken: true };
  }

  #add(name: string, rate: Rate, nowMs: number): Bucket {
    if (this.#buckets.size >= this.#maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    const bucket = { tokens: rate.limit, at: nowMs };
    this.#buckets.set(name, bucket);
    return bucket;
  }
}
