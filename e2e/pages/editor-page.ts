import { expect, type Locator, type Page } from "@playwright/test";

/** The workflow editor, by roles and labels. Steps are named as people see them. */
export class EditorPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The address of the editor, without query. */
  url(): string {
    return this.#page.url().replace(/[?#].*$/, "");
  }

  step(name: string): Locator {
    return this.#page.locator(`[data-step-name="${name}"]`);
  }

  async expectNode(name: string): Promise<void> {
    await expect(this.step(name)).toBeVisible();
  }

  async expectNodeCount(count: number): Promise<void> {
    await expect(this.#page.locator("[data-step]")).toHaveCount(count);
  }

  async expectNodeStatus(name: string, status: string): Promise<void> {
    await expect(this.step(name)).toHaveAttribute("data-status", status, { timeout: 20_000 });
  }

  async expectSaved(): Promise<void> {
    await expect(this.#page.getByRole("status", { name: /^Draft: Saved/ })).toBeVisible({ timeout: 20_000 });
  }

  /** Adds a step by a click in the palette. It is named after its type. */
  async addNode(title: string): Promise<void> {
    await this.#page.getByRole("button", { name: title, exact: true }).click();
    await this.expectNode(title);
  }

  /** Drags a step type from the palette to a place of the window. */
  async dragIn(title: string, to: { x: number; y: number }): Promise<void> {
    await this.#page.getByRole("button", { name: title, exact: true }).hover();
    await this.#page.mouse.down();
    await this.#page.mouse.move(to.x, to.y, { steps: 8 });
    await this.#page.mouse.up();
    await this.expectNode(title);
    await this.#standsStill(title);
  }

  /** Draws a wire from a step's output to another step. */
  async connect(from: string, to: string, port = "out"): Promise<void> {
    await this.#standsStill(to);
    await this.step(from).getByLabel(`Output ${port}`, { exact: true }).hover();
    await this.#page.mouse.down();
    const target = await this.step(to).boundingBox();
    if (!target) throw new Error(`${to} is not on the canvas`);
    await this.#page.mouse.move(target.x + 4, target.y + 12, { steps: 10 });
    await this.#page.mouse.up();
    await expect(this.step(to)).toHaveAttribute("aria-label", new RegExp(`from ${from}`));
  }

  /** Drags a step by its header. */
  async drag(name: string, by: { x: number; y: number }): Promise<void> {
    await this.select(name);
    const box = await this.step(name).boundingBox();
    if (!box) throw new Error(`${name} is not on the canvas`);
    await this.#page.mouse.move(box.x + 60, box.y + 10);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + 60 + by.x, box.y + 10 + by.y, { steps: 8 });
    await this.#page.mouse.up();
  }

  /** Takes the end of a wire to another step. */
  async dragEnd(from: string, to: string, instead: string): Promise<void> {
    await this.fit();
    await this.#standsStill(instead);
    const [end, target] = [await this.step(to).getByLabel("Input").boundingBox(), await this.step(instead).boundingBox()];
    if (!end || !target) throw new Error(`${to} or ${instead} is not on the canvas`);
    await this.#page.mouse.move(end.x - 4, end.y + end.height / 2);
    await this.#page.mouse.down();
    await this.#page.mouse.move(target.x + 4, target.y + 12, { steps: 10 });
    await this.#page.mouse.up();
    await expect(this.step(from)).toHaveAttribute("aria-label", new RegExp(`to ${instead}`));
  }

  async tapHandle(step: string, handle: string): Promise<void> {
    await this.step(step).getByLabel(handle, { exact: true }).tap();
  }

  /** Chooses in the search that is open. */
  async pickType(title: string, how: { by?: "keyboard" } = {}): Promise<void> {
    const search = this.#page.getByRole("combobox", { name: "Add a step" });
    await expect(search).toBeFocused();
    await this.#page.keyboard.type(title);
    const option = this.#page.getByRole("option", { name: new RegExp(`^${title}`) }).first();
    await expect(option).toBeVisible();
    await (how.by === "keyboard" ? this.#page.keyboard.press("Enter") : option.click());
    await this.expectNode(title);
    await this.#standsStill(title);
  }

  async fit(): Promise<void> {
    await this.#page.getByRole("button", { name: /^Fit/ }).click();
  }

  async rename(name: string, to: string): Promise<void> {
    await this.select(name);
    await this.#page.keyboard.press("F2");
    await this.step(name).getByLabel("Step name").fill(to);
    await this.#page.keyboard.press("Enter");
    await this.expectNode(to);
  }

  async moveWithKeyboard(name: string): Promise<void> {
    await this.select(name);
    const before = await this.step(name).boundingBox();
    await this.#page.keyboard.press("Shift+ArrowDown");
    await expect.poll(async () => (await this.step(name).boundingBox())?.y).toBeGreaterThan(before?.y ?? 0);
  }

  async remove(name: string): Promise<void> {
    await this.select(name);
    await this.#page.keyboard.press("Delete");
    await expect(this.step(name)).toHaveCount(0);
  }

  async openSettings(name: string): Promise<void> {
    await this.select(name);
    await this.#page.keyboard.press("Enter");
    await expect(this.#page.getByRole("tab", { name: "Settings" })).toBeVisible();
  }

  /** Picks the connection whose secret a webhook's deliveries are checked with. */
  async chooseSecret(step: string, connection: string): Promise<void> {
    await this.openSettings(step);
    // Below 1680 px the navigation stands beside the editor as icons with labels of the same words.
    await this.#page
      .getByRole("tabpanel", { name: "Settings" })
      .getByLabel(/secret|connection/i)
      .first()
      .click();
    await this.#page.getByRole("option", { name: connection }).click();
    await this.expectSaved();
    await this.#page.keyboard.press("Escape");
  }

  /** Runs the draft with its sample. */
  async run(): Promise<void> {
    await this.#page.getByRole("button", { name: "Run", exact: true }).click();
    await this.#page.getByRole("button", { name: "Start run" }).click();
    await expect(this.#page.getByRole("region", { name: "Run" })).toBeVisible();
  }

  /** Publishes and tells the webhook's URL. */
  async publish(note: string): Promise<string> {
    await this.#page.getByRole("button", { name: "Publish", exact: true }).click();
    const dialog = this.#page.getByRole("dialog");
    await dialog.getByLabel("Note").fill(note);
    await dialog.getByRole("button", { name: /^Publish version/ }).click();
    const url = await dialog.getByLabel("Webhook URL", { exact: true }).textContent();
    await dialog.getByRole("button", { name: "Done" }).click();
    return (url ?? "").trim();
  }

  /** A click on the header of a step selects it; the panel that may open over the canvas is left as it is. */
  async select(name: string): Promise<void> {
    await this.fit();
    await this.#standsStill(name);
    await this.step(name).click({ position: { x: 60, y: 10 } });
    await expect(this.step(name)).toBeFocused();
  }

  /** On a slow machine a step still glides when it has been in one place for two frames, and its toolbar gets the click. */
  async #standsStill(name: string): Promise<void> {
    let before = "";
    const stands = async () => {
      const last = before;
      before = JSON.stringify(await this.step(name).boundingBox());
      return before === last;
    };
    await expect.poll(stands, { intervals: [100] }).toBe(true);
  }
}
