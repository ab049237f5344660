import type { WorkflowNode } from "#lib/graph/document.ts";
import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";

export interface WebhookHelp {
  /** A command that sends one event the way the verification wants it. */
  curl: string;
  /** What the sending side needs to know. */
  hint: string;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** How to call a webhook: a `curl` to copy and one sentence about signing. */
export function webhookHelp(url: string, node: WorkflowNode, body: JsonValue): WebhookHelp {
  const verification = own(node.config, "verification");
  const scheme = String(own(verification, "scheme") ?? "none");
  const header = String(own(verification, "header") ?? "");
  const method = typeof node.config.method === "string" && node.config.method !== "ANY" ? node.config.method : "POST";
  const json = JSON.stringify(isJsonObject(body) && "body" in body ? (body.body ?? {}) : body);
  const call = (...headers: string[]) =>
    [
      `curl -X ${method} ${quoted(url)}`,
      "-H 'Content-Type: application/json'",
      ...headers.map((line) => `-H ${line}`),
      `-d ${quoted(json)}`,
    ].join(" \\\n  ");
  const signed = (...headers: string[]) =>
    [
      `BODY=${quoted(json)}`,
      'SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed "s/^.* //")',
      [
        `curl -X ${method} ${quoted(url)}`,
        "-H 'Content-Type: application/json'",
        ...headers.map((line) => `-H ${line}`),
        '-d "$BODY"',
      ].join(" \\\n  "),
    ].join("\n");
  switch (scheme) {
    case "token":
      return {
        curl: call(`"${header || "Authorization"}: ${header.toLowerCase() === "authorization" || header === "" ? "Bearer " : ""}$SECRET"`),
        hint: "The sender shows the shared token in a header.",
      };
    case "basic":
      return {
        curl: call('"Authorization: Basic $(printf %s "$USER:$SECRET" | base64)"'),
        hint: "The sender signs in with user and password.",
      };
    case "github":
      return {
        curl: signed("'X-GitHub-Event: push'", '"X-GitHub-Delivery: $(uuidgen)"', '"X-Hub-Signature-256: sha256=$SIGNATURE"'),
        hint: "On GitHub: Settings → Webhooks → Add. Content type application/json, and the secret of the chosen connection.",
      };
    case "hmac":
      return { curl: signed(`"${header || "X-Signature"}: $SIGNATURE"`), hint: "The sender signs the raw body with the shared secret." };
    case "none":
      return { curl: call(), hint: "Anybody who knows this address can start runs. Choose a verification to change that." };
    default:
      return {
        curl: call(),
        hint: `The sender signs each delivery (${scheme}); enter this address there with the secret of the chosen connection.`,
      };
  }
}
