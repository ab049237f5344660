import pg from "pg";

const maxRetryMs = 5_000;
const pingEveryMs = 15_000;

/**
 * One LISTEN connection that comes back after a loss. Notices are hints, never the truth (engine.md 1.11): what was
 * missed while it was away is found by whoever polls; `onReconnect` is the moment to look.
 */
export class Listener {
  readonly #url: string;
  readonly #channels: readonly string[];
  readonly #onNotice: (channel: string, payload: string) => void;
  readonly #onReconnect: () => void;
  #client: pg.Client | null = null;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    url: string;
    channels: string[];
    onNotice: (channel: string, payload: string) => void;
    onReconnect?: () => void;
  }) {
    this.#url = options.url;
    this.#channels = options.channels;
    this.#onNotice = options.onNotice;
    this.#onReconnect = options.onReconnect ?? (() => {});
  }

  /** Connects; throws when the first connection fails. */
  async start(): Promise<void> {
    await this.#connect();
    // A half-open connection looks alive and hears nothing; a query finds out.
    this.#timer = setInterval(() => {
      const client = this.#client;
      client?.query("SELECT 1").catch(() => this.#lost(client));
    }, pingEveryMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: "sluice-listener",
      keepAlive: true,
      query_timeout: 10_000,
    });
    client.on("notification", (notice) => this.#onNotice(notice.channel, notice.payload ?? ""));
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    await client.connect();
    for (const channel of this.#channels) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    this.#client = client;
  }

  #lost(client: pg.Client): void {
    if (this.#stopped || this.#client !== client) return;
    this.#client = null;
    client.removeAllListeners();
    client.on("error", () => undefined); // its socket may still report the loss we are acting on
    client.end().catch(() => undefined);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let delayMs = 100; !this.#stopped; delayMs = Math.min(delayMs * 2, maxRetryMs)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      try {
        await this.#connect();
        this.#onReconnect();
        return;
      } catch {
        // The database is still away; the loop goes on until it is back or we are stopped.
      }
    }
  }
}
