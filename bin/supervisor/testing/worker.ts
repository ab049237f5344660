import { hostname } from "node:os";
import { openDb } from "#lib/db/db.ts";
import { newId } from "#lib/shared/ids.ts";
import { endWithSupervisor } from "../../supervised.ts";

// Stands in for bin/worker.ts in the supervisor's tests: registers itself, and does nothing.
const db = openDb({ url: process.env.DATABASE_URL ?? "", applicationName: "stub worker", maxConnections: 1 });
await db.pool.query("INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, $2, $3, 'stub', 1)", [
  newId(),
  hostname(),
  process.pid,
]);
const idle = setInterval(() => undefined, 60_000);
endWithSupervisor(async () => {
  clearInterval(idle);
  await db.pool.query("UPDATE worker SET stopped_at = clock_timestamp(), draining = true WHERE pid = $1 AND host = $2", [
    process.pid,
    hostname(),
  ]);
  await db.close();
});
