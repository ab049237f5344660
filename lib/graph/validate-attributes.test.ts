import { expect, test } from "vitest";
import { documentSchema } from "./document.ts";
import { documentOf } from "./test-documents.ts";
import { validateDocument } from "./validate.ts";

const attribute = (name: string, value = "{{ trigger.body.id }}", type = "text") => ({ name, type, value });

function problems(attributes: object[]) {
  const document = documentOf([{ id: "start", type: "manual" }]);
  const parsed = documentSchema.safeParse({ ...document, settings: { ...document.settings, attributes } });
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return validateDocument(parsed.data)
    .filter(({ path }) => path.startsWith("settings.attributes"))
    .map(({ path, severity, message }) => `${severity} ${path}: ${message}`);
}

test("attributes have names of their own, a known type, and are at most twenty", () => {
  expect(problems([attribute("customer"), attribute("shop")])).toEqual([]);
  expect(problems([attribute("customer"), attribute("customer")])).toEqual([
    "error settings.attributes.1.name: customer is the name of another attribute already",
  ]);
  expect(problems([attribute("a b")])[0]).toContain("settings.attributes.0.name: 1–63 letters");
  expect(problems([attribute("a", "x", "list")])[0]).toContain("settings.attributes.0.type: ");
  expect(problems(Array.from({ length: 21 }, (_, i) => attribute(`a${i}`)))).toEqual(["settings.attributes: at most 20 attributes"]);
});

test("they are worked out from the event alone", () => {
  expect(problems([attribute("a", "{{ steps.start.output.id }}")])[0]).toContain("error settings.attributes.0.value");
  expect(problems([attribute("a", "{{ trigger.body. }}")])[0]).toContain("error settings.attributes.0.value");
});

test("a secret is refused, and what tells who somebody is is warned of", () => {
  expect(problems([attribute("who", "{{ trigger.headers.authorization }}")])[0]).toContain(
    "error settings.attributes.0.value: attributes are stored in clear",
  );
  expect(problems([attribute("who", "{{ trigger.body.customer.email }}")])[0]).toContain("warning settings.attributes.0.value");
});
