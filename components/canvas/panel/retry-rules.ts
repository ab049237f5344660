import { policyField } from "./policy-fields.ts";

const dayMs = 86_400_000;

const rule = policyField({
  key: "",
  label: "Rule",
  widget: "group",
  required: true,
  fields: [
    policyField({
      key: "on",
      label: "After",
      widget: "choices",
      required: true,
      defaultValue: ["unavailable"],
      // The classes that a repeat can mend; the engine repeats none of the others.
      options: ["throttled", "unavailable", "transient", "timeout", "conflict", "auth", "permanent", "lost"],
    }),
    policyField({ key: "maxAttempts", label: "Attempts", widget: "number", min: 0, max: 100, help: "0: not retried at all." }),
    policyField({ key: "initialMs", label: "First wait", widget: "duration", min: 0, max: dayMs }),
    policyField({ key: "factor", label: "Each wait is longer by", widget: "number", min: 1, max: 10 }),
    policyField({ key: "maxMs", label: "Longest wait", widget: "duration", min: 0, max: dayMs }),
    policyField({ key: "jitter", label: "Spread", widget: "select", options: ["full", "none"] }),
  ],
});

/** Settings for single classes of failure, looked through in order; what a rule leaves out is as above. */
export const retryRules = policyField({
  key: "rules",
  label: "Rules",
  widget: "list",
  item: rule,
  help: "The first rule that names the kind of failure decides, over the settings above.",
});
