import type { TemplateView } from "#lib/shared/api-types.ts";
import { githubPush } from "./github-push.ts";

/** Real pushes bring a delivery id; a run started by hand has only its own. */
const deployKey = "{{ default(trigger.deliveryId, run.id) }}-{{ steps.check.output.sha }}";

/** GitHub push → only the default branch → check and clean → deploy once → tell the team. */
export const deployGuard: TemplateView = {
  id: "ci-cd-deploy-guard",
  name: "CI/CD deploy guard",
  description: "Deploys each push to the default branch exactly once, and tells the team.",
  sampleInput: githubPush,
  document: {
    schemaVersion: 1,
    nodes: [
      {
        id: "push",
        type: "webhook",
        name: "GitHub push",
        position: { x: 0, y: 120 },
        config: { method: "POST", verification: { scheme: "github", secretConnectionId: null }, response: { mode: "ack" } },
      },
      {
        id: "on_default_branch",
        type: "if",
        name: "Default branch?",
        position: { x: 300, y: 120 },
        config: {
          condition: 'trigger.body.ref == "refs/heads/" + trigger.body.repository.default_branch && !default(trigger.body.deleted, false)',
        },
      },
      {
        id: "check",
        type: "validate-transform",
        name: "Check the commit",
        position: { x: 600, y: 60 },
        config: {
          fields: [
            {
              target: "sha",
              source: "{{ trigger.body.after }}",
              required: true,
              steps: [{ type: "trim" }, { type: "lowercase" }, { type: "pattern", regex: "^[0-9a-f]{40}$" }],
            },
            {
              target: "committedAt",
              source: "{{ trigger.body.head_commit.timestamp }}",
              required: true,
              steps: [{ type: "parse-date", formats: ["ISO"], to: "iso-datetime" }],
            },
            {
              target: "authorEmail",
              source: "{{ trigger.body.head_commit.author.email }}",
              required: true,
              steps: [{ type: "trim" }, { type: "lowercase" }, { type: "email" }],
            },
            { target: "repository", source: "{{ trigger.body.repository.full_name }}", required: true, steps: [{ type: "trim" }] },
            { target: "branch", source: "{{ trigger.body.repository.default_branch }}", required: true },
            {
              target: "title",
              source: '{{ first(split(trigger.body.head_commit.message, "\\n")) }}',
              default: "(no message)",
              steps: [{ type: "collapse-spaces" }],
            },
          ],
        },
      },
      {
        id: "deploy",
        type: "http-request",
        name: "Start deployment",
        position: { x: 900, y: 60 },
        config: {
          method: "POST",
          url: "{{ vars.baseUrl }}/sandbox/deploy-target/deployments",
          body: {
            repository: "{{ steps.check.output.repository }}",
            ref: "{{ steps.check.output.branch }}",
            sha: "{{ steps.check.output.sha }}",
            environment: "production",
            committedAt: "{{ steps.check.output.committedAt }}",
            requestedBy: "{{ steps.check.output.authorEmail }}",
          },
        },
        policy: {
          timeoutMs: 15_000,
          retry: { maxAttempts: 5, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: "full" },
          idempotency: { key: deployKey, header: "Idempotency-Key" },
        },
        notes: "If this stays in the inbox: check the deploy target's own log for the commit before deciding to repeat.",
      },
      {
        id: "notify",
        type: "http-request",
        name: "Tell the team",
        position: { x: 1200, y: 60 },
        config: {
          method: "POST",
          url: "{{ vars.baseUrl }}/sandbox/notify-target/messages",
          body: {
            channel: "#deployments",
            text: "Deploying {{ steps.check.output.repository }} {{ substring(steps.check.output.sha, 0, 7) }}: {{ steps.check.output.title }} ({{ steps.check.output.authorEmail }})",
          },
        },
        policy: { timeoutMs: 10_000, idempotency: { key: `${deployKey}-notify`, header: "Idempotency-Key" } },
        critical: false,
      },
    ],
    edges: [
      { id: "e1", source: "push", sourcePort: "out", target: "on_default_branch" },
      { id: "e2", source: "on_default_branch", sourcePort: "true", target: "check" },
      { id: "e3", source: "check", sourcePort: "out", target: "deploy" },
      { id: "e4", source: "deploy", sourcePort: "out", target: "notify" },
    ],
  },
};
