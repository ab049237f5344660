import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function capture(level: string): { lines: Record<string, unknown>[]; logger: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ name: "test", level, destination }) };
}

test("a log line is JSON with level, name and ISO time", () => {
  const { lines, logger } = capture("info");
  logger.info({ runId: "r1" }, "started");
  logger.debug("not shown");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: "info", name: "test", runId: "r1", msg: "started" });
  expect(new Date(String(lines[0]?.time)).getTime()).toBeGreaterThan(0);
});

test("credentials do not reach the log under their usual names", () => {
  const { lines, logger } = capture("info");
  logger.info({
    headers: { authorization: "Bearer s3cret", cookie: "s3cret" },
    request: { headers: { authorization: "s3cret" } },
    token: "s3cret",
  });
  expect(JSON.stringify(lines)).not.toContain("s3cret");
});

test("an error tells its message, code and stack, and not the client the database driver hangs on it", () => {
  const { lines, logger } = capture("warn");
  const error = Object.assign(new Error("terminating connection"), { code: "57P01", client: { user: "sluice", statements: ["SELECT 1"] } });
  logger.warn({ err: error }, "a connection was lost");
  expect(lines[0]?.err).toMatchObject({ message: "terminating connection", code: "57P01", stack: expect.stringContaining("logger.test") });
  expect(lines[0]?.err).not.toHaveProperty("client");
  expect(error).toHaveProperty("client");
});
