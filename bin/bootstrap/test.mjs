import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./run.mjs";

const bin = (path) => join(root, "node_modules", path);
const folders = ["app", "components", "lib", "bin", "e2e", "bench"];

/** How many tests a runner's JSON report says passed, failed, and passed only when repeated (`flaky`). Knows the reports of vitest and of Playwright. */
export function countTests(report) {
  if (report.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    return { passed: expected + flaky, failed: unexpected + (report.errors?.length ?? 0), skipped, flaky };
  }
  const suites = (report.testResults ?? []).filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + suites,
    skipped: report.numPendingTests + report.numTodoTests,
    flaky: (report.testResults ?? []).flatMap((file) => file.assertionResults).filter(wasRepeated).length,
  };
}

/** A test that passed in the end keeps the messages of the tries that failed. */
const wasRepeated = (test) => test.status === "passed" && test.failureMessages.length > 0;

function phases(folder, chromium) {
  const vitest = (name, projects) => ({
    name,
    args: [bin("vitest/vitest.mjs"), "run", "--passWithNoTests", ...projects.flatMap((project) => ["--project", project])].concat([
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${join(folder, `${name}.json`)}`,
    ]),
    report: join(folder, `${name}.json`),
  });
  return [
    { name: "lint", args: [bin("@biomejs/biome/bin/biome"), "check", ".", "--max-diagnostics=50"] },
    { name: "imports", args: [bin("dependency-cruiser/bin/dependency-cruiser.mjs"), "--config", ".dependency-cruiser.mjs", ...folders] },
    { name: "unused code", args: [bin("knip/bin/knip.js"), "--no-progress"] },
    { name: "types", args: [bin("typescript/bin/tsc"), "--noEmit"] },
    { name: "bundles", args: [join(root, "bin/dev/bundles.ts"), "--quiet"] },
    vitest("unit and integration", ["pure", "database"]),
    vitest("crash", ["crash"]),
    {
      name: "browser",
      args: [bin("@playwright/test/cli.js"), "test", "--pass-with-no-tests", "--reporter=list,json"],
      env: { SLUICE_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: join(folder, "browser.json") },
      report: join(folder, "browser.json"),
    },
  ];
}

/** Runs every check, cheapest first, and stops at the first that fails. The last line counts the tests of all runners. */
export async function runTests({ chromium }) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-reports-"));
  const total = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  let code = 0;
  for (const phase of phases(folder, chromium)) {
    const startedAt = Date.now();
    code = await run(process.execPath, phase.args, {
      env: { NEXT_TELEMETRY_DISABLED: "1", ...phase.env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    process.stdout.write(`── ${phase.name}: ${code === 0 ? "ok" : "FAILED"}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
    const counted =
      phase.report === undefined
        ? null
        : await readFile(phase.report, "utf8").then(
            (text) => countTests(JSON.parse(text)),
            () => null,
          );
    for (const key of Object.keys(total)) total[key] += counted?.[key] ?? 0;
    if (code !== 0) {
      if ((counted?.failed ?? 0) === 0) total.failed++;
      break;
    }
  }
  await rm(folder, { recursive: true, force: true });
  const rest = [
    ...(total.skipped > 0 ? [`, ${total.skipped} skipped`] : []),
    ...(total.flaky > 0 ? [` (${total.flaky} only when repeated)`] : []),
  ];
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${rest.join("")}\n`);
  return code;
}
