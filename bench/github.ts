import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface Delivery {
  id: string;
  body: string;
  headers: Record<string, string>;
}

interface PushPayload {
  ref: string;
  after: string;
  repository: { default_branch: string };
  [key: string]: unknown;
}

/** A real `push` payload of GitHub's webhook examples, to the default branch. */
export function examplePush(): PushPayload {
  const file = createRequire(import.meta.url).resolve("@octokit/webhooks-examples/api.github.com/index.json");
  const hooks = JSON.parse(readFileSync(file, "utf8")) as { name: string; examples: PushPayload[] }[];
  const pushes = hooks.find((hook) => hook.name === "push")?.examples ?? [];
  const push = pushes.find((example) => example.head_commit !== null && example.repository.default_branch !== undefined);
  if (!push) throw new Error("the examples hold no push with a commit");
  return { ...push, ref: `refs/heads/${push.repository.default_branch}` };
}

/** A delivery as GitHub sends it: signed over the raw bytes, with an id that stays the same when it is sent again. */
export function githubDelivery(payload: object, secret: string, id: string = randomUUID()): Delivery {
  const body = JSON.stringify(payload);
  return {
    id,
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-event": "push",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
  };
}
