import http from "node:http";

/** The "external API" of the benchmark, as a process of its own: answers every POST at once. `GET /stats` counts calls and keys. */
let count = 0;
const ids = new Map<string, number>();

const server = http.createServer((request, response) => {
  if (request.url === "/stats") return reply(response, { count, distinct: ids.size });
  if (request.url === "/reset") {
    count = 0;
    ids.clear();
    return reply(response, { ok: true });
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    count += 1;
    const id = /"id":"([^"]*)"/.exec(body)?.[1] ?? "";
    ids.set(id, (ids.get(id) ?? 0) + 1);
    reply(response, { ok: true, id });
  });
});

function reply(response: http.ServerResponse, value: object): void {
  const text = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.MOCK_PORT ?? 0), "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
});
process.on("disconnect", () => process.exit(0));
