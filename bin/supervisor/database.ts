import { type EmbeddedPostgres, startEmbedded } from "#lib/db/embedded.ts";
import type { Settings } from "#lib/shared/settings.ts";
import type { Logger } from "#lib/telemetry/logger.ts";

const watchMs = 1_000;

/** The database of a supervisor: a given one, or the embedded one, which is started again when it dies. */
export class SupervisedDatabase {
  readonly #settings: Settings;
  readonly #logger: Logger;
  #embedded: EmbeddedPostgres | null = null;
  #watch: NodeJS.Timeout | null = null;
  #reviving = false;

  constructor(options: { settings: Settings; logger: Logger }) {
    this.#settings = options.settings;
    this.#logger = options.logger;
  }

  /** Starts the embedded server unless a database was given, and says where the database is. */
  async start(): Promise<string> {
    if (this.#settings.databaseUrl !== null) return this.#settings.databaseUrl;
    const log = (message: string): void => this.#logger.info(message);
    this.#embedded = await startEmbedded({ dataDir: this.#settings.dataDir, log });
    if (this.#embedded.adopted) this.#logger.info({ pid: this.#embedded.pid }, "took over the embedded PostgreSQL that was running");
    return this.#embedded.url;
  }

  /** Starts the embedded server again whenever it is gone. `onMoved` is told when it had to take another port. */
  watch(onMoved: (url: string) => void): void {
    if (this.#embedded === null) return;
    this.#watch = setInterval(() => void this.#revive(onMoved), watchMs);
  }

  async #revive(onMoved: (url: string) => void): Promise<void> {
    const before = this.#embedded;
    if (this.#reviving || before === null || (await before.isAlive())) return;
    this.#reviving = true;
    this.#logger.error({ pid: before.pid }, "the embedded PostgreSQL ended unasked; it is started again");
    try {
      const url = await this.start();
      if (this.#watch === null) await this.#embedded?.stop();
      else if (url !== before.url) onMoved(url);
    } catch (error) {
      this.#logger.error({ err: error }, "the embedded PostgreSQL does not start");
    } finally {
      this.#reviving = false;
    }
  }

  /** Stops the embedded server; leaves a given one alone. */
  async stop(): Promise<void> {
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
    await this.#embedded?.stop();
  }
}
