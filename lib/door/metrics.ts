import type { MiddlewareHandler } from "hono";
import { Hono } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Db } from "#lib/db/db.ts";

export interface Metrics {
  /** Counts and times every request by the part of the door it went to. */
  observe: MiddlewareHandler;
  /** To be mounted at /metrics. */
  routes: Hono;
}

/** The part of the door, never the whole path: a label with ids in it would grow without end. */
function partOf(path: string): string {
  return path.startsWith("/api/v1/") ? "api" : (path.split("/")[1] ?? "");
}

/** What an operator's Prometheus reads of a web process. */
export function createMetrics({ pool }: Pick<Db, "pool">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "sluice_" });
  const duration = new Histogram({
    name: "sluice_http_request_duration_seconds",
    help: "Time to the first byte of the answer",
    labelNames: ["part"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const answers = new Counter({
    name: "sluice_http_answers_total",
    help: "Answers by status class",
    labelNames: ["part", "status"],
    registers,
  });
  new Gauge({
    name: "sluice_db_connections",
    help: "Connections to the database by state",
    labelNames: ["state"],
    registers,
    collect() {
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
  const routes = new Hono();
  routes.get("/", async (c) => c.body(await registry.metrics(), 200, { "content-type": registry.contentType }));
  return {
    async observe(c, next) {
      const part = partOf(c.req.path);
      const end = duration.startTimer({ part });
      await next();
      end();
      answers.inc({ part, status: `${Math.floor(c.res.status / 100)}xx` });
    },
    routes,
  };
}
