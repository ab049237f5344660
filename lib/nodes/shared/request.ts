import { headerProblem } from "#lib/nodes/headers.ts";
import { type Evaluate, NodeError, type OutboundRequest } from "#lib/nodes/runner.ts";
import type { Problem } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

const bodyless = new Set(["GET", "HEAD"]);
const contentTypes = { json: "application/json", form: "application/x-www-form-urlencoded", text: "text/plain; charset=utf-8" } as const;
export type BodyType = keyof typeof contentTypes;

/** A request as it is configured, its texts still templates. */
export interface RequestTemplate {
  method: string;
  url: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: JsonValue | undefined;
  bodyType: BodyType;
}

/** The request with its expressions worked out, to be frozen in a step and built from there. */
export function freezeRequest(request: RequestTemplate, evaluate: Evaluate): JsonObject {
  const { method, url, query, headers, body, bodyType } = request;
  const frozen: JsonObject = {
    method,
    url: evaluate.template(url),
    query: evaluate.template(query),
    headers: evaluate.template(headers),
  };
  if (body !== undefined) {
    frozen.body = evaluate.template(body);
    frozen.bodyType = bodyType;
  }
  return frozen;
}

function invalid(code: string, message: string): NodeError {
  return new NodeError("validation", code, message);
}

/** Builds the request from the frozen input, which people may have edited. Throws NodeError of class `validation`. */
export function buildRequest(input: JsonValue): OutboundRequest {
  if (!isJsonObject(input)) throw invalid("input_invalid", "the request must be an object with method and url");
  const { method, url } = input;
  if (typeof method !== "string" || !/^[A-Z]{3,10}$/.test(method)) throw invalid("method_invalid", "the method is not valid");
  const headers = readHeaders(input.headers);
  const body = bodyless.has(method) || input.body === undefined ? null : readBody(input.body, bodyTypeOf(input.bodyType));
  if (body !== null && !Object.hasOwn(headers, "content-type")) headers["content-type"] = contentTypes[bodyTypeOf(input.bodyType)];
  return { method, url: readUrl(url, input.query), headers, body };
}

function bodyTypeOf(value: JsonValue | undefined): BodyType {
  return value === "form" || value === "text" ? value : "json";
}

function readUrl(given: JsonValue | undefined, query: JsonValue | undefined): string {
  const url = typeof given === "string" ? URL.parse(given.trim()) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw invalid("url_invalid", "the URL is not an http(s) address");
  for (const [name, value] of Object.entries(isJsonObject(query) ? query : {})) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== null) url.searchParams.append(name, plainText(item));
  }
  return url.href;
}

function plainText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readHeaders(given: JsonValue | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isJsonObject(given) ? given : {})) {
    const text = plainText(value);
    const problem = headerProblem(name, text);
    if (problem) throw invalid("header_invalid", problem);
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

function readBody(body: JsonValue, type: BodyType): string {
  if (type === "text") return plainText(body);
  if (type === "json") return JSON.stringify(body);
  if (!isJsonObject(body)) throw invalid("body_invalid", "a form body must be an object of names and values");
  return formBody(body);
}

function formBody(body: JsonObject): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, plainText(item ?? ""));
  }
  return form.toString();
}

/** The field of the frozen input that each refusal of buildRequest is about. */
const fieldOf: Readonly<Record<string, string>> = {
  method_invalid: "method",
  url_invalid: "url",
  header_invalid: "headers",
  body_invalid: "body",
};

/** What is wrong with a frozen request that a person has edited. */
export function requestProblems(input: JsonValue): Problem[] {
  try {
    buildRequest(input);
    return [];
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return [{ path: fieldOf[error.code] ?? "", message: error.message }];
  }
}
