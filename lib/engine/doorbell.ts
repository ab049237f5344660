/** Longer ones fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Lets one wait until somebody rings: who rings while nobody waits is heard by the next who does. One promise per wait, so
 * that a run of very many steps leaves nothing behind on a promise that lives as long as the run.
 */
export class Doorbell {
  #rung = false;
  #answer: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#answer?.();
  }

  /** Resolves when somebody rings, or after `ms` (Infinity: only when somebody rings). One waits at a time. */
  heard(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(() => this.#answer?.(), Math.min(Math.max(0, ms), longestTimerMs)) : null;
      this.#answer = () => {
        if (timer) clearTimeout(timer);
        this.#answer = null;
        this.#rung = false;
        resolve();
      };
      if (this.#rung) this.#answer();
    });
  }
}
