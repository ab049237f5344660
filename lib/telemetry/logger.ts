import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** Which process writes: web, worker, start. */
  name: string;
  level?: string | undefined;
  destination?: DestinationStream | undefined;
}

/** Names under which a credential may reach a log line by mistake. Values are masked before that; this is the last net. */
const secretPaths = ["authorization", "cookie", "password", "secret", "token", "apiKey"].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** Makes a logger of JSON lines on standard output. The level defaults to LOG_LEVEL. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? process.env.LOG_LEVEL ?? "info",
      serializers: { err: describeError },
      redact: { paths: secretPaths, censor: "[masked]" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination(1),
  );
}

/** An error as a log line holds it. The database driver hangs its whole client on one: kilobytes that tell nothing. */
function describeError(error: Error): object {
  const described: Record<string, unknown> = pino.stdSerializers.err(error);
  delete described.client;
  return described;
}
