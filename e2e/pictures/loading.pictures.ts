import { expect } from "@playwright/test";
import { picture, type Scene } from "./picture.ts";

/* Screens whose answer does not come: what stands in the place of what it will bring. */

function waiting(name: string, path: (scene: Scene) => string, held: string): void {
  picture(
    name,
    async (scene) => {
      await scene.page.route(held, () => undefined);
      await scene.page.goto(path(scene));
      await expect(scene.page.getByRole("status", { name: /^Loading/ })).not.toBeEmpty();
    },
    { loading: true },
  );
}

waiting("workflows-loading", () => "/workflows", "**/api/v1/workflows?*");
waiting("runs-loading", () => "/runs", "**/api/v1/runs?*");
waiting("inbox-loading", () => "/inbox", "**/api/v1/issues?*");
waiting("editor-loading", ({ workflows }) => `/workflows/${workflows["Deploy web shop"]}`, "**/api/v1/workflows/*");
