/** A refusal (401) that a step has met, as it remembers it until its next attempt. */
export interface Refusal {
  /** The version of the credential that was refused. */
  credential: string;
  atMs: number;
}

export type AfterRefusal =
  /** Send once more; it is no attempt that counts. */
  | { next: "send-again"; memo: Refusal | null }
  /** Get a new token first, then send once more. */
  | { next: "renew"; memo: Refusal }
  /** The credential is not worth another call: all steps of the connection wait for a person. */
  | { next: "hold" }
  /** The credential is good, it is this call that is refused. */
  | { next: "give-up" };

/**
 * What follows a 401 (engine.md 1.4, class auth). The stored credential is looked at first: somebody may just have
 * replaced it, and each credential deserves its own try. One that can be renewed is renewed once. The second refusal in a
 * row of one and the same credential, or of a freshly renewed one, stops the connection, unless calls of others were
 * accepted with it in between: then a person who mends the credential would mend nothing.
 */
export function afterRefusal(a: {
  /** What the step remembers of its attempt before. */
  memo: Refusal | null;
  /** The version that was sent, and the one that is stored now. */
  used: string;
  stored: string;
  renewable: boolean;
  /** When a call with the version that was sent was last accepted, as far as this worker knows. */
  acceptedAtMs: number | null;
  now: number;
}): AfterRefusal {
  // A renewed one is another step's second try, and the second try of all who were refused before it.
  if (a.stored !== a.used) return { next: "send-again", memo: a.renewable ? a.memo : null };
  const refusal = { credential: a.used, atMs: a.now };
  if (a.memo === null) return a.renewable ? { next: "renew", memo: refusal } : { next: "send-again", memo: refusal };
  return a.acceptedAtMs !== null && a.acceptedAtMs > a.memo.atMs ? { next: "give-up" } : { next: "hold" };
}
