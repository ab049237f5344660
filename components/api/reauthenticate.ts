/** A sign-in that requests wait for: opened by the first 401, settled by the sign-in dialog. */
interface Pending {
  promise: Promise<boolean>;
  settle: (signedIn: boolean) => void;
}

let pending: Pending | null = null;
const listeners = new Set<() => void>();

function tell() {
  for (const listener of listeners) listener();
}

/** Asks the person to sign in again. True when they did; every caller that waits gets the same answer. */
export function reauthenticate(): Promise<boolean> {
  if (pending) return pending.promise;
  // Where no dialog listens (the sign-in page itself) nobody could answer.
  if (listeners.size === 0) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  pending = { promise, settle: resolve };
  tell();
  return promise;
}

/** Called by the dialog. */
export function settleReauthentication(signedIn: boolean): void {
  const settled = pending;
  pending = null;
  settled?.settle(signedIn);
  tell();
}

export function isReauthenticating(): boolean {
  return pending !== null;
}

export function subscribeReauthentication(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
