import { attributeTypes } from "#lib/graph/attributes.ts";
import { policyField } from "../panel/policy-fields.ts";

/** By what runs are found besides what is known of every run. */
export const foundBy = [
  policyField({
    key: "attributes",
    label: "Attributes",
    widget: "list",
    help: "Up to 20, worked out from the event, by which runs are found: an order's number, a shop, an amount. They are stored in clear and everybody who sees runs sees them: ids, never a secret, a name or an address.",
    item: policyField({
      key: "",
      label: "Attribute",
      widget: "group",
      required: true,
      fields: [
        policyField({ key: "name", label: "Name", widget: "text", required: true, placeholder: "customer" }),
        policyField({ key: "type", label: "Type", widget: "select", required: true, options: [...attributeTypes], defaultValue: "text" }),
        policyField({
          key: "value",
          label: "Value",
          widget: "text",
          expression: "template",
          required: true,
          placeholder: "{{ trigger.body.customerId }}",
        }),
      ],
    }),
  }),
];
