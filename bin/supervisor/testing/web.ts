import { createServer } from "node:http";
import { endWithSupervisor } from "../../supervised.ts";

// Stands in for bin/web.ts in the supervisor's tests: answers /healthz with its pid.
const server = createServer((_request, response) => response.end(JSON.stringify({ status: "ok", pid: process.pid })));
server.listen(Number(process.env.PORT), "127.0.0.1");
endWithSupervisor(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
