import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { ExpressionError } from "../error.ts";
import { type FunctionTable, text } from "./args.ts";
import { isCountry } from "./countries.ts";

/** The number as E.164 (`+33123456789`), or null when it is not a valid number. */
export function normalizePhone(source: string, country: CountryCode | undefined): string | null {
  const read = parsePhoneNumberFromString(source, { ...(country && { defaultCountry: country }), extract: false });
  return read?.isValid() ? read.number : null;
}

const localPart = /^[^\s"(),:;<>@[\\\]]{1,64}$/;
const domainLabel = /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** The address trimmed, with its domain in lower case, or null when it cannot be one. */
export function normalizeEmail(source: string): string | null {
  const address = source.trim();
  const at = address.lastIndexOf("@");
  if (at < 1 || address.length > 254) return null;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1).toLowerCase();
  const labels = domain.split(".");
  if (!localPart.test(local) || local.startsWith(".") || local.endsWith(".") || local.includes("..")) return null;
  if (labels.length < 2 || !labels.every((label) => domainLabel.test(label)) || /^\d+$/.test(labels.at(-1) ?? "")) return null;
  return `${local}@${domain}`;
}

function phone(source: string, country: string | undefined): string {
  if (country !== undefined && !isCountry(country)) throw new ExpressionError("type", `"${country}" is not a two-letter country`);
  const number = normalizePhone(source, country);
  if (number === null) throw new ExpressionError("type", "the text is not a valid phone number");
  return number;
}

function email(source: string): string {
  const address = normalizeEmail(source);
  if (address === null) throw new ExpressionError("type", "the text is not an e-mail address");
  return address.toLowerCase();
}

/** Functions on addresses of people. */
export const contactFunctions: FunctionTable = {
  phone: {
    signature: "phone(text, country)",
    help: "A phone number as +33123456789; the country is needed for national numbers.",
    min: 1,
    max: 2,
    call: (a) => phone(text(a, 0), a.length > 1 ? text(a, 1) : undefined),
  },
  email: {
    signature: "email(text)",
    help: "An e-mail address, trimmed and in lower case.",
    min: 1,
    max: 1,
    call: (a) => email(text(a, 0)),
  },
};
