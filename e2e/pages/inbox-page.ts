import { expect, type Page } from "@playwright/test";

/** The inbox of failed items, by roles and labels. */
export class InboxPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page.goto("/inbox");
  }

  async openIssue(title: RegExp): Promise<void> {
    await this.#page.getByRole("list", { name: "Issues" }).getByRole("listitem").filter({ hasText: title }).first().click();
    await expect(this.#page.getByRole("article")).toBeVisible();
  }

  async openItem(): Promise<void> {
    await this.#page.getByRole("list", { name: "Items" }).getByRole("listitem").first().click();
    await expect(this.#page.getByRole("tab", { name: "Input" })).toBeVisible();
  }

  /** Opens the last attempt and looks at its request and response. */
  async expectAttempt(expected: { status: number; requestHeader: RegExp }): Promise<void> {
    await this.#page.getByRole("tab", { name: /Attempts/ }).click();
    const panel = this.#page.getByRole("tabpanel");
    await expect(panel.getByText(String(expected.status)).first()).toBeVisible();
    await expect(panel.getByText(expected.requestHeader).first()).toBeVisible();
  }

  /** Replaces a text in the frozen input and runs the step again with it. */
  async editAndRedrive(from: string, to: string): Promise<void> {
    await this.#page.getByRole("button", { name: /Edit and redrive/ }).click();
    const editor = this.#page.getByRole("dialog").getByRole("textbox", { name: "Corrected input" });
    await expect(editor).toContainText(from);
    // An editor of lines: its text with the line breaks people see.
    const text = (await editor.getByRole("presentation").or(editor.locator(".cm-line")).allTextContents()).join("\n");
    await editor.fill(text.replace(from, to));
    await this.#page.getByRole("button", { name: "Redrive with changes" }).click();
    await expect(this.#page.getByRole("dialog", { name: /Edit and redrive/ })).toBeHidden();
  }

  /** What is left to be reviewed, by title. */
  async expectIssues(titles: RegExp[]): Promise<void> {
    await this.open();
    const issues = this.#page.getByRole("list", { name: "Issues" }).getByRole("listitem");
    await expect(issues).toHaveText(titles);
  }
}
