// Who may import whom. Default-deny: what no row allows is an error. The table is the one of the architecture.
// `$1` in a target is what the first group of the source matched: "the same folder".

const base = ["lib/shared/"];
const model = [...base, "lib/graph/", "lib/expressions/", "lib/nodes/[^/]+[.]ts$", "lib/nodes/[^/]+/definition[.]ts$"];
const database = ["lib/db/(?!embedded|migrate|schema-)[^/]+[.]ts$", "lib/db/generated/"];
const telemetry = ["lib/telemetry/"];

/** [from, ...to] */
const table = [
  ["lib/shared/", "lib/shared/"],
  ["lib/graph/", ...model],
  ["lib/expressions/", "lib/expressions/", ...model],
  ["lib/policies/", "lib/policies/", ...model],
  ["lib/telemetry/", "lib/telemetry/", ...base],

  // A node type: its definition and panel are read by the browser, its runner by workers alone. Never a sibling.
  ["lib/nodes/[^/]+[.]ts$", ...model],
  ["lib/nodes/registry[.]runners[.]ts$", "lib/nodes/[^/]+/run[.]ts$"],
  ["lib/nodes/registry[.]panels[.]ts$", "lib/nodes/[^/]+/panel[.]tsx$"],
  ["lib/nodes/([^/]+)/", "lib/nodes/$1/", "lib/nodes/[^/]+[.]ts$", "lib/nodes/shared/", "lib/graph/", "lib/expressions/", ...base],
  ["lib/nodes/[^/]+/panel[.]tsx$", "components/ui/"],

  ["lib/db/", "lib/db/", ...base, ...telemetry],
  ["lib/secrets/", "lib/secrets/", ...base, ...database, ...telemetry],
  ["lib/outbound/", "lib/outbound/", "lib/nodes/runner[.]ts$", ...base, ...telemetry],
  ["lib/triggers/([^/]+)/", "lib/triggers/$1/", "lib/policies/", ...model, ...telemetry],
  ["lib/alerts/", "lib/alerts/", "lib/outbound/", "lib/policies/", ...model, ...database, ...telemetry],

  ["lib/engine/", "lib/engine/", "lib/policies/", "lib/nodes/registry[.]", "lib/outbound/", ...model, ...telemetry],
  ["lib/engine/(ledger|systems)/", ...database],
  ["lib/runtime/", "lib/runtime/", "lib/engine/", "lib/policies/", "lib/nodes/registry[.]", "lib/outbound/", "lib/secrets/"],
  ["lib/runtime/", "lib/triggers/", "lib/alerts/", ...model, ...database, ...telemetry],

  // Services build on each other, without cycles; everybody else sees their public face, index.ts, only.
  [
    "lib/services/",
    "lib/services/",
    "lib/alerts/",
    "lib/engine/ledger/",
    "lib/policies/",
    "lib/secrets/",
    "lib/outbound/",
    "lib/triggers/",
  ],
  ["lib/services/", ...model, ...database, ...telemetry],

  ["lib/door/", "lib/door/[^/]+[.]ts$", "lib/services/[^/]+[.]ts$", "lib/services/[^/]+/index[.]ts$", ...model, ...telemetry],
  ["lib/door/[^/]+[.]ts$", "lib/door/", ...database],
  ["lib/door/([^/]+)/", "lib/door/$1/"],
  ["lib/door/(api|auth)/", "lib/door/(api|auth)/"],
  ["lib/door/(hooks|sandbox|api|auth)/", "lib/engine/ledger/", ...database],
  ["lib/door/hooks/", "lib/triggers/webhook/", "lib/policies/", "lib/secrets/", "lib/outbound/mask[.]ts$"],

  // The browser: pages show features, features share only primitives and the API client.
  ["app/", "app/", "components/", ...model],
  [
    "components/",
    "components/(ui|api)/",
    "lib/nodes/registry[.](definitions|panels)[.]ts$",
    "lib/policies/(defaults|schedule)[.]ts$",
    ...model,
  ],
  ["components/([^/]+)/", "components/$1/"],
  ["lib/nodes/registry[.]panels[.]ts$", "components/ui/"],

  // Entry points put everything together.
  ["bin/", "bin/", "lib/", "bench/"],
  ["(prisma|bench)/", "$1/", "lib/", "bin/"],
  ["bench/", "e2e/fixtures/", "prisma/seed/"],
  ["e2e/", "e2e/", "bin/bootstrap/", ...base, "lib/services/permissions[.]ts$", "lib/graph/"],

  // Tests stand beside their source and may set up whatever it runs on.
  ["(lib|bin|components|app)/.*(?:[.]test[.]tsx?|/testing[^/]*([.]ts|/.*))$", "lib/", "components/", "bin/"],
  [".", "^[^/]+$", "prisma/schema[.]prisma$"],
];

const ours = "^(app|components|lib|bin|prisma|e2e|bench)/";
const anchored = (path) => (path.startsWith("^") || path === "." ? path : `^${path}`);
const seesDatabase =
  "^(lib/(db|services|runtime|secrets|engine/(ledger|systems)|door/(hooks|sandbox|auth)|alerts)|bin|prisma|bench)/|[.]test[.]ts$|/testing";

export default {
  allowed: [
    ...table.map(([from, ...to]) => ({ from: { path: anchored(from) }, to: { path: to.map(anchored) } })),
    { from: {}, to: { pathNot: ours } },
  ],
  allowedSeverity: "error",
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "database-drivers-stay-below",
      severity: "error",
      comment: "Only these folders speak to the database.",
      from: { path: ours, pathNot: seesDatabase },
      to: { path: "node_modules/(pg|pg-[^/]+|@prisma/[^/]+|graphile-worker)/" },
    },
    {
      name: "sockets-only-through-outbound",
      severity: "error",
      comment: "lib/outbound is the only way to open a socket to somewhere else: it guards, limits and masks.",
      from: { path: "^lib/", pathNot: "^lib/(outbound|db|alerts|door)/|[.]test[.]ts$|/testing" },
      to: { path: "^(node:)?(http|https|net|tls|dgram|http2)$|node_modules/(undici|nodemailer)/" },
    },
    {
      name: "browser-code-has-no-node",
      severity: "error",
      from: {
        path: "^(components|app)/|^lib/(graph|expressions)/|^lib/nodes/[^/]+/(definition[.]ts|panel[.]tsx)$",
        pathNot: "[.]test[.]tsx?$",
      },
      to: { dependencyTypes: ["core"] },
    },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: "swc",
    exclude: { path: "^lib/db/generated/|[.]css$" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs"],
    },
  },
};
