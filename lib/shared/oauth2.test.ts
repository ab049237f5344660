import { expect, test } from "vitest";
import { readTokenAnswer, tokenRequest } from "./oauth2.ts";

const fields = { tokenUrl: "https://id.example/token", clientId: "my:client", scope: "read write" };

test("a client asks for itself with its secret in a header", () => {
  const request = tokenRequest(fields, { clientSecret: "p w" });
  expect(request).toMatchObject({
    method: "POST",
    url: "https://id.example/token",
    body: "grant_type=client_credentials&scope=read+write",
  });
  expect(Buffer.from(request.headers.Authorization?.slice(6) ?? "", "base64").toString()).toBe("my%3Aclient:p+w");
});

test("a refresh token is used when there is one, and the client named in the body where it is asked for", () => {
  const request = tokenRequest({ ...fields, clientAuth: "body" }, { clientSecret: "s", refreshToken: "r" });
  expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
    grant_type: "refresh_token",
    refresh_token: "r",
    scope: "read write",
    client_id: "my:client",
    client_secret: "s",
  });
  expect(request.headers.Authorization).toBeUndefined();
});

test("a grant tells the token, its life, and the refresh token that replaces the old one", () => {
  const body = JSON.stringify({ access_token: "a", token_type: "Bearer", expires_in: 3_600, refresh_token: "r2" });
  expect(readTokenAnswer(200, body)).toEqual({ next: "granted", accessToken: "a", refreshToken: "r2", expiresInMs: 3_600_000 });
  expect(readTokenAnswer(200, '{"access_token":"a"}')).toMatchObject({ expiresInMs: null, refreshToken: null });
});

test.each([
  [400, '{"error":"invalid_grant","error_description":"secret words"}', "refused"],
  [401, "", "refused"],
  [400, '{"error":"temporarily_unavailable"}', "unavailable"],
  [400, '{"error":"invalid_request"}', "unavailable"],
  [503, "down", "unavailable"],
  [429, "{}", "unavailable"],
  [200, "<html>", "unavailable"],
])("the answer %i %s means %s, and its own words are not repeated", (status, body, next) => {
  const answer = readTokenAnswer(status, body);
  expect(answer.next).toBe(next);
  expect(JSON.stringify(answer)).not.toContain("secret words");
});
