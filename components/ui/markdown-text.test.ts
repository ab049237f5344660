import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { MarkdownText } from "./markdown-text.tsx";

const draw = (text: string) => renderToStaticMarkup(createElement(MarkdownText, { text }));
const links = (html: string) => [...html.matchAll(/<a [^>]*>/g)].map(([tag]) => tag.replace(/ class="[^"]*"/, ""));

describe("Markdown that people write", () => {
  it("is drawn, with headings below those of the page and lines as they were typed", () => {
    const html = draw("# Cause\n\nThe **stock** service\nis down:\n\n- first\n- `second`");
    expect(html).toMatch(/<h4[^>]*>Cause<\/h4>/);
    expect(html).toContain("<strong>stock</strong> service\nis down:");
    expect(html).toMatch(/<ul[^>]*>\s*<li>first<\/li>\s*<li><code[^>]*>second<\/code><\/li>/);
    expect(html).not.toMatch(/<h[123][ >]/);
    expect(draw("one  \ntwo")).toContain("one\ntwo");
  });

  it("has tables, lists of tasks and what is struck through", () => {
    expect(draw("| code | means |\n| --- | ---: |\n| 503 | busy |")).toMatch(
      /<th[^>]*>code<\/th>[\s\S]*<td[^>]*text-align:right[^>]*>busy<\/td>/,
    );
    expect(draw("- [x] look\n- [ ] call")).toMatch(/<ul class="list-none">[\s\S]*<input type="checkbox" disabled="" checked=""\/> look/);
    expect(draw("~~restart~~ wait")).toContain("<del>restart</del> wait");
  });

  it("shows HTML as the text it is", () => {
    const html = draw('<img src=x onerror="alert(1)"> and <script>alert(1)</script>\n\n<iframe src="https://evil.example"></iframe>');
    expect(html).not.toMatch(/<(img|script|iframe)/);
    expect(html).toContain("&lt;script&gt;");
  });

  it("follows links to pages alone, elsewhere without handing over this page", () => {
    const elsewhere = (href: string) => `<a href="${href}" target="_blank" rel="noopener noreferrer">`;
    expect(links(draw("[a](https://status.example) [b](mailto:ops@x.example)"))).toEqual([
      elsewhere("https://status.example"),
      elsewhere("mailto:ops@x.example"),
    ]);
    expect(links(draw("[run](/runs/1)"))).toEqual(['<a href="/runs/1">']);
    for (const href of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "file:///x"])
      expect(links(draw(`[click](<${href}>) ![click](<${href}>)`)), href).toEqual([]);
  });

  it("makes links of addresses that are simply typed, without what ends the sentence, and not in code", () => {
    const html = draw(
      "See https://a.example/x_y_z?q=1, (or http://b.example/)! `https://c.example` [https://d.example](https://e.example)",
    );
    expect(links(html).map((tag) => /href="([^"]*)"/.exec(tag)?.[1])).toEqual([
      "https://a.example/x_y_z?q=1",
      "http://b.example/",
      "https://e.example",
    ]);
    expect(html).toContain("</a>, (or ");
  });

  it("loads no picture: its host would learn who reads", () => {
    expect(draw("![a graph](https://elsewhere.example/p.png)")).toContain("<span>a graph</span>");
    expect(draw("![](https://elsewhere.example/p.png)")).not.toContain("<img");
  });
});
