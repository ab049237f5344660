import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { errorFrames, type Frame, FrameReader, subjectOf } from "./pg-frames.ts";

/**
 * What becomes of a statement on its way: it passes; it is done and the connection breaks before the answer is back; or the server
 * says that its disk is full.
 */
export type Fate = "pass" | "lose-answer" | "disk-full";

/** Stands between workers and PostgreSQL and breaks what networks and disks break. */
export class PgProxy {
  /** Asked for each statement: by its text when it is a simple one (`COMMIT`), else by its name (`commit-runs`). */
  fateOf: (statement: string) => Fate = () => "pass";
  /** New connections are refused while this is set: the server is away. */
  refusing = false;
  /** How often each fate was dealt. */
  readonly dealt: Record<Fate, number> = { pass: 0, "lose-answer": 0, "disk-full": 0 };
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #target: () => { host: string; port: number };

  private constructor(target: () => { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** `target` is asked for every connection: a restarted server may have another port. */
  static async start(target: () => { host: string; port: number }): Promise<PgProxy> {
    const proxy = new PgProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** The same database, through here. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // safe because it listens on TCP
    return url.href;
  }

  /** Connections that have listened for notices stay open and carry nothing any more, as behind a firewall that forgot them. */
  blackHoleListeners(): number {
    const listening = [...this.#links].filter((link) => link.listens);
    for (const link of listening) link.blackHole();
    return listening.length;
  }

  /** How many connections listen for notices and are alive. */
  get listeners(): number {
    return [...this.#links].filter((link) => link.listens && !link.isBlackHole).length;
  }

  /** Breaks a share of the open connections, by chance. */
  cut(share: number, random: () => number): void {
    for (const link of this.#links) if (random() < share) link.end();
  }

  async stop(): Promise<void> {
    for (const link of this.#links) link.end();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.refusing) return void client.destroy();
    const link: Link = new Link(client, connect(this.#target()), (statement) => {
      const fate = this.fateOf(statement);
      this.dealt[fate] += 1;
      return fate;
    });
    this.#links.add(link);
    client.once("close", () => this.#links.delete(link));
  }
}

/** One connection of a client and its counterpart at the server. */
class Link {
  listens = false;
  isBlackHole = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #fateOf: (statement: string) => Fate;
  #losing: FrameReader | null = null;
  /** Inside a statement that was refused: its messages up to the Sync go nowhere. */
  #swallowing = false;

  constructor(client: Socket, server: Socket, fateOf: (statement: string) => Fate) {
    this.#client = client;
    this.#server = server;
    this.#fateOf = fateOf;
    const frames = new FrameReader({ greeting: true });
    client.on("data", (chunk: Buffer) => {
      for (const frame of frames.read(chunk)) this.#fromClient(frame);
    });
    server.on("data", (chunk: Buffer) => this.#fromServer(chunk));
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", () => this.end());
      socket.once("close", () => this.end());
    }
  }

  blackHole(): void {
    this.isBlackHole = true;
  }

  end(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #fromClient(frame: Frame): void {
    if (this.isBlackHole) return;
    const subject = subjectOf(frame);
    if (subject?.startsWith("LISTEN")) this.listens = true;
    if (this.#swallowing) {
      if (frame.type !== "S") return;
      this.#swallowing = false;
      this.#client.write(errorFrames("53100", "could not extend file: No space left on device"));
      return;
    }
    const fate = subject === null ? "pass" : this.#fateOf(subject);
    if (fate === "disk-full") {
      this.#swallowing = frame.type !== "Q";
      if (frame.type === "Q") this.#client.write(errorFrames("53100", "could not write to file: No space left on device"));
      return;
    }
    if (fate === "lose-answer") this.#losing ??= new FrameReader({ greeting: false });
    this.#server.write(frame.raw);
  }

  /** Of a statement whose answer is to be lost the end is waited for, so that it is certain to have been done. */
  #fromServer(chunk: Buffer): void {
    if (this.isBlackHole) return;
    if (this.#losing === null) return void this.#client.write(chunk);
    if (this.#losing.read(chunk).some((frame) => frame.type === "Z")) this.end();
  }
}
