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
