import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { PgProxy } from "./pg-proxy.ts";
import type { SoakDatabase } from "./soak-database.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Numbers from a seed, so that what a soak did can be done again (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Battlefield {
  random: () => number;
  database: SoakDatabase;
  proxy: PgProxy;
  /** Keeps as many workers running as it was made with: what a supervisor does. */
  workers: () => WorkerProcess[];
}

/** Longer than the silence after which a worker is declared dead. */
const longStopMs = 33_000;

/** Does harm of all kinds until a time, then heals: everything is running again when it resolves. Tells how often it did what. */
export async function ravage(field: Battlefield, untilMs: number): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const note = (what: string) => {
    done[what] = (done[what] ?? 0) + 1;
  };
  const between = (least: number, most: number) => sleep(least + field.random() * (most - least));
  const over = () => performance.now() >= untilMs;
  const wakes: Promise<void>[] = [];
  const onWorkers = async () => {
    while (!over()) {
      await between(800, 3_000);
      if (!over()) note(await harmWorker(field, untilMs - performance.now(), wakes));
    }
  };
  const onDatabase = async () => {
    while (!over()) {
      await between(5_000, 10_000);
      if (over()) return;
      const how = field.random() < 0.5 ? "kill" : "stop";
      await field.database.restart(how);
      note(how === "kill" ? "PostgreSQL killed" : "PostgreSQL restarted");
    }
  };
  const onConnections = async () => {
    while (!over()) {
      await between(700, 2_500);
      if (!over()) note(await harmConnections(field));
    }
  };
  await Promise.all([onWorkers(), onDatabase(), onConnections()]);
  await Promise.all(wakes);
  field.proxy.fateOf = () => "pass";
  field.proxy.refusing = false;
  return done;
}

async function harmWorker({ random, workers, database }: Battlefield, leftMs: number, wakes: Promise<void>[]): Promise<string> {
  const running = workers();
  const victim = running[Math.floor(random() * running.length)];
  const chance = random();
  if (!victim) return "no worker there to be harmed";
  if (chance < 0.6) {
    // Half of the time nobody sees it end, as when its machine is gone: it is found out by its silence.
    const seen = random() < 0.5;
    await victim.kill(seen ? database.db.pool : null).catch(() => undefined); // the word may not get through to a database that is away
    return seen ? "worker killed" : "worker killed unseen";
  }
  const long = chance < 0.7 && leftMs > longStopMs;
  victim.signal("SIGSTOP");
  wakes.push(sleep(long ? longStopMs : 500 + random() * 3_000).then(() => victim.signal("SIGCONT")));
  return long ? "worker stopped for longer than its lease" : "worker stopped for a moment";
}

async function harmConnections({ random, proxy, database }: Battlefield): Promise<string> {
  const chance = random();
  if (chance < 0.35) {
    proxy.cut(0.5, random);
    return "half of the connections cut";
  }
  if (chance < 0.75) {
    let left = 3;
    proxy.fateOf = (statement) => ((statement === "COMMIT" || statement === "commit-runs") && left-- > 0 ? "lose-answer" : "pass");
    return "answers of three commits lost";
  }
  if (chance < 0.9) {
    await exhaust(database.url, 1_500);
    return "connections of PostgreSQL exhausted";
  }
  proxy.refusing = true;
  await sleep(1_000);
  proxy.refusing = false;
  return "connections refused for a second";
}

/** Takes all connections the server has left, for a while. */
async function exhaust(url: string, forMs: number): Promise<void> {
  const clients = Array.from({ length: 200 }, () => new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 }));
  for (const client of clients) client.on("error", () => undefined); // they are taken to be in the way, not to be used
  await Promise.allSettled(clients.map((client) => client.connect()));
  await sleep(forMs);
  await Promise.allSettled(clients.map((client) => client.end()));
}
