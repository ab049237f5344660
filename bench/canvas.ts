import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { installMeter, type Measured, measureCanvas, openCanvas, openMetrics, quantile } from "#e2e/fixtures/canvas-meter.ts";
import { chromiumArguments } from "#e2e/fixtures/chromium-arguments.ts";
import { largeWorkflow } from "#e2e/fixtures/large-workflow.ts";
import { findChromium } from "../bin/bootstrap/chromium.mjs";
import { buildPages, generateClient } from "../bin/bootstrap/prepare.mjs";
import { type Action, actions } from "./canvas-actions.ts";
import { type Instance, owner, startInstance } from "./instance.ts";

/*
 * npm run bench:canvas -- [--seconds 3] [--opens 5] [--report-only] [--profile FOLDER]
 *
 * Opens a workflow of 200 steps and 250 wires in a browser, works on it, and tells how fast that went. Ends with 1 when a target
 * was missed. `--profile` writes a CPU profile of each action there; profiling slows what is measured.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    opens: { type: "string", default: "5" },
    "report-only": { type: "boolean", default: false },
    profile: { type: "string" },
  },
});

const openWithinMs = 2_500;
const framesPerSecond = 50;
const longestTaskMs = 200;

type Opening = Awaited<ReturnType<typeof openCanvas>>;

interface Row {
  what: string;
  text: string;
  missed: string[];
}

await generateClient();
await buildPages();
const instance = await startInstance();
const rows: Row[] = [];
try {
  const { id } = await instance.api<{ id: string }>("POST", "/workflows", { name: "Large", document: largeWorkflow() });
  const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArguments });
  try {
    rows.push(...(await measure(browser, `${instance.url}/workflows/${id}`)));
  } finally {
    await browser.close();
  }
} finally {
  await instance.stop();
}
console.log(rows.map((row) => `${row.missed.length === 0 ? " " : "!"} ${row.what.padEnd(28)}${row.text}`).join("\n"));
const missed = rows.flatMap((row) => row.missed.map((target) => `${row.what}: ${target}`));
if (missed.length > 0) console.log(`missed: ${missed.join("; ")}`);
process.exitCode = missed.length > 0 && !values["report-only"] ? 1 : 0;

async function measure(browser: Browser, url: string): Promise<Row[]> {
  const cold: Opening[] = [];
  const warm: Opening[] = [];
  for (let i = 0; i < Number(values.opens); i++) {
    const { page, session } = await signedIn(browser, instance);
    cold.push(await openCanvas(page, session, url));
    warm.push(await openCanvas(page, session, url));
    await page.context().close();
  }
  const { page, session } = await signedIn(browser, instance);
  await profiled(session, "open", async () => void (await openCanvas(page, session, url)));
  const done: Row[] = [openRow("open, nothing cached", cold), openRow("open, scripts cached", warm)];
  for (const action of actions) {
    await action.prepare?.(page);
    const measured = await measureCanvas(page, session, () =>
      profiled(session, action.what, () => action.act(page, Number(values.seconds) * 1_000)),
    );
    done.push(actionRow(action, measured));
  }
  return done;
}

/** A page of somebody new to this browser: nothing is cached. */
async function signedIn(browser: Browser, { url }: Instance): Promise<{ page: Page; session: CDPSession }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const { email, password } = owner;
  const answer = await context.request.post(`${url}/api/auth/sign-in/email`, { data: { email, password }, headers: { origin: url } });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
  const page = await context.newPage();
  await installMeter(page, largeWorkflow());
  return { page, session: await openMetrics(page) };
}

async function profiled(session: CDPSession, name: string, act: () => Promise<void>): Promise<void> {
  if (values.profile === undefined) return act();
  await session.send("Profiler.enable");
  await session.send("Profiler.start");
  await act();
  const { profile } = await session.send("Profiler.stop");
  await mkdir(values.profile, { recursive: true });
  await writeFile(join(values.profile, `${name.replaceAll(/\W+/g, "-")}.cpuprofile`), JSON.stringify(profile));
}

function openRow(what: string, openings: Opening[]): Row {
  const taken = openings.map(({ openMs }) => openMs);
  const median = quantile(taken, 0.5);
  const busy = quantile(
    openings.map(({ mainThreadMs }) => mainThreadMs),
    0.5,
  );
  const range = `${Math.min(...taken).toFixed(0)}–${Math.max(...taken).toFixed(0)} ms`;
  const text = `median ${median.toFixed(0)} ms, ${range}, ${busy.toFixed(0)} ms of work`;
  return { what, text, missed: median > openWithinMs ? [`more than ${openWithinMs} ms`] : [] };
}

function actionRow({ what, judged, mayRender }: Action, { frameMs, longTaskMs, stepRenders, mainThreadMs, longestWorkMs }: Measured): Row {
  const perSecond = 1_000 / quantile(frameMs, 0.5);
  const longest = Math.max(0, ...longTaskMs);
  const rendered = Object.keys(stepRenders).length;
  const renders = Object.values(stepRenders).reduce((sum, count) => sum + count, 0);
  const text = [
    `${perSecond.toFixed(0)} frames/s`,
    `p95 frame ${quantile(frameMs, 0.95).toFixed(0)} ms`,
    `longest task ${longest === 0 ? "below 50" : longest.toFixed(0)} ms (${longestWorkMs.toFixed(0)} of them work)`,
    `work ${(mainThreadMs / frameMs.length).toFixed(1)} ms/frame`,
    `${renders} renders of ${rendered} steps`,
  ].join(", ");
  const missed = [
    ...(perSecond < framesPerSecond ? [`fewer than ${framesPerSecond} frames/s`] : []),
    ...(longest > longestTaskMs ? [`a task of more than ${longestTaskMs} ms`] : []),
    ...(mayRender !== null && rendered > mayRender ? [`more than ${mayRender} steps rendered`] : []),
  ];
  return { what, text, missed: judged ? missed : [] };
}
