/** How the limits of a connection stand. */
export interface ConnectionLimitState {
  /** The remote asked for a pause that binds the whole connection. */
  blockedUntil: string | null;
  waitingCalls: number;
  /** `usable` is less than `limit` by headroom, or while the remote turns calls away. */
  windows: { limit: number; perMs: number; usable: number }[];
  /** Limits the remote told of, kept in addition. `perMs` null: calls at one time. `perKey`: for each throttle key. */
  learned: {
    policy: string;
    limit: number;
    perMs: number | null;
    perKey: boolean;
    /** How many nodes were told of it, and are under it. */
    nodes: number;
    learnedAt: string;
    blockedUntil: string | null;
  }[];
}
