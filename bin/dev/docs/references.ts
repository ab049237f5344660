import { apiPage } from "./api-page.ts";
import { browserChecksPage } from "./browser-checks-page.ts";
import { cliPage } from "./cli-page.ts";
import { errorsPage } from "./errors-page.ts";
import { functionsPage } from "./functions-page.ts";
import { nodesPage } from "./nodes-page.ts";
import { idleSettings, idleVariables } from "./not-yet.ts";
import { permissionsPage } from "./permissions-page.ts";
import { rulesPage } from "./rules-page.ts";
import { scenariosPage } from "./scenarios-page.ts";
import { settingsPage } from "./settings-page.ts";

/** The files that are made from the code, each with what makes it. */
export const references: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/reference/api.md": apiPage,
  "docs/reference/cli.md": cliPage,
  "docs/reference/errors.md": errorsPage,
  "docs/reference/expressions.md": functionsPage,
  "docs/reference/nodes.md": () => nodesPage(idleSettings),
  "docs/reference/permissions.md": permissionsPage,
  "docs/reference/reliability-rules.md": rulesPage,
  "docs/browser-checks.md": browserChecksPage,
  "docs/scenarios.md": scenariosPage,
  "docs/reference/settings.md": () => settingsPage(Object.keys(idleVariables)),
};
