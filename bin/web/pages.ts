import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import { toError } from "#lib/shared/errors.ts";
import { createLogger } from "#lib/telemetry/logger.ts";

export interface Pages {
  /** Loads the build; requests may be handled after it. */
  prepare(): Promise<void>;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Of the code reload, in development alone. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

const logger = createLogger({ name: "pages" });

/** The pages of app/, rendered by Next from the build in .next. It never sees a path of the door. */
export function createPages(options: { dev: boolean; dir: string; host: string; port: number }): Pages {
  const app = next({ dev: options.dev, dir: options.dir, hostname: options.host, port: options.port });
  const render = app.getRequestHandler();
  return {
    prepare: () => app.prepare(),
    handle(request, response) {
      render(request, response).catch((thrown: unknown) => {
        logger.error({ err: toError(thrown), path: request.url }, "a page failed");
        if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
        response.end("Something went wrong on our side.\n");
      });
    },
    upgrade(request, socket, head) {
      app
        .getUpgradeHandler()(request, socket, head)
        .catch(() => socket.destroy());
    },
    close: () => app.close(),
  };
}
