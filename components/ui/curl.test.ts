import { expect, it } from "vitest";
import { toCurl } from "./curl.ts";

it("writes a recorded request as a command a shell reads back unchanged", () => {
  const request = {
    method: "POST",
    url: "https://api.example.com/a?b=1&c=2",
    headers: { authorization: "Bearer ••••" },
    body: `{"name":"O'Neil $HOME"}`,
  };
  expect(toCurl(request)).toBe(
    `curl -X POST 'https://api.example.com/a?b=1&c=2' \\\n  -H 'authorization: Bearer ••••' \\\n  --data-raw '{"name":"O'\\''Neil $HOME"}'`,
  );
});

it("leaves an empty body out", () => {
  expect(toCurl({ method: "GET", url: "https://a.example", headers: {}, body: null })).toBe("curl -X GET 'https://a.example'");
});
