import http from "node:http";
import pg from "pg";
import { Pool } from "undici";
import { GroupCommit } from "#lib/shared/group-commit.ts";

/*
 * What this machine can do without a workflow engine, on bare node:http:
 *   POST /call     parse and transform, one call to the mock, answer
 *   POST /batched  the same with each run committed to PostgreSQL twice, concurrent ones sharing a commit
 *   POST /accept   one commit, answer at once
 */

interface Order {
  id: string;
  email: string;
  date: string;
}

const mock = new Pool(process.env.MOCK_URL ?? "", { connections: 64, pipelining: 1 });
const database = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? "", max: 8 });

const insert = new GroupCommit<{ id: string; input: string }, void>({
  flush: async (rows) => {
    await database.query({
      name: "insert",
      text: "INSERT INTO bench_run (id, status, input) SELECT id, 'running', input FROM unnest($1::text[], $2::text[]) AS t (id, input)",
      values: [rows.map((row) => row.id), rows.map((row) => row.input)],
    });
    return rows.map(() => undefined);
  },
});
const finish = new GroupCommit<{ id: string; output: string }, void>({
  flush: async (rows) => {
    await database.query({
      name: "finish",
      text: "UPDATE bench_run r SET status = 'succeeded', output = t.output FROM unnest($1::text[], $2::text[]) AS t (id, output) WHERE r.id = t.id",
      values: [rows.map((row) => row.id), rows.map((row) => row.output)],
    });
    return rows.map(() => undefined);
  },
});

function transform(order: Order): Order {
  if (!order.email.includes("@")) throw new Error("bad e-mail");
  const [month, day, year] = order.date.split("/");
  return { ...order, email: order.email.toLowerCase(), date: `${year}-${month}-${day}T00:00:00.000Z` };
}

async function call(order: Order): Promise<unknown> {
  const answer = await mock.request({
    path: "/call",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  });
  return answer.body.json();
}

const routes: Record<string, (order: Order) => Promise<unknown>> = {
  "/call": (order) => call(transform(order)),
  "/batched": async (order) => {
    await insert.add({ id: order.id, input: JSON.stringify(order) });
    const output = await call(transform(order));
    await finish.add({ id: order.id, output: JSON.stringify(output) });
    return output;
  },
  "/accept": async (order) => {
    await insert.add({ id: order.id, input: JSON.stringify(order) });
    return { accepted: true };
  },
};

await database.query("DROP TABLE IF EXISTS bench_run; CREATE TABLE bench_run (id text PRIMARY KEY, status text, input text, output text)");
const server = http.createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", async () => {
    let status = 200;
    let answer: unknown;
    try {
      answer = await routes[request.url ?? ""]?.(JSON.parse(body) as Order);
    } catch (error) {
      status = 500;
      answer = { error: String(error) };
    }
    const text = JSON.stringify(answer ?? null);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
});
process.on("disconnect", () => process.exit(0));
