import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { shotInBothThemes } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

const root = join(import.meta.dirname, "..", "..");

test("what is wrong without an item is an issue that says what it means and where to look, and is triaged like any other", async ({
  page,
  server,
}) => {
  test.setTimeout(120_000);
  const env = { ...process.env, NODE_ENV: "production" as const, SLUICE_DATA_DIR: server.dataDir, SLUICE_BASE_URL: server.baseUrl };
  await promisify(execFile)(process.execPath, [join(root, "bin", "bootstrap.mjs"), "sluice", "seed", "trouble"], { cwd: root, env });
  const issues = page.getByRole("list", { name: "Issues" }).getByRole("listitem");
  await page.goto("/inbox");
  const article = page.getByRole("article");
  const shots = (name: string) => shotInBothThemes(page, name);

  const open = async (title: RegExp) => {
    await issues.filter({ hasText: title }).getByRole("link").click();
    await expect(article).toHaveAccessibleName(title);
  };
  await open(/Calls to warehouse.example.com keep failing/);
  await expect(article.getByRole("tabpanel")).toContainText("What ends itThe breaker closes when");
  await expect(article.getByRole("link", { name: "Open the connection" })).toHaveAttribute("href", /\/connections\?connection=/);
  await expect(article.getByRole("button", { name: /Redrive/ })).toHaveCount(0);
  await shots("breaker");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Acknowledge" }).click();
  await expect(article).toContainText("Acknowledged");

  await open(/Calls through Acme warehouse wait longer/);
  await expect(article.getByRole("link", { name: "See waiting runs" })).toBeVisible();
  await shots("backlog");
  await open(/The schedule of Nightly export did not start/);
  await shots("schedule");
  await article.getByRole("link", { name: "Open the step" }).click();
  await expect(page).toHaveURL(/\/workflows\/[^?]+\?node=nightly/);
});
