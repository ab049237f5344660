const drainMs = 25_000;

/**
 * For a process the supervisor forks: SIGTERM (and Ctrl-C, when it runs alone) drains and ends it, at the latest after 25 s.
 * When the supervisor is gone the process ends at once, so that none is left holding the port or a claim: whatever it was
 * doing is recovered like after any crash.
 */
export function endWithSupervisor(drain: () => Promise<void>): void {
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), drainMs).unref();
    try {
      await drain();
      process.exit(0);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(1);
    }
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
  process.on("disconnect", () => process.exit(1));
}
