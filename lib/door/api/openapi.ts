import * as z from "zod";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { problemSchema } from "./answers/common.ts";
import type { Route } from "./route.ts";

/** Turns a schema into JSON Schema, whose dialect (2020-12) is that of OpenAPI 3.1. */
function toSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const options = { target: "draft-2020-12", io, unrepresentable: "any", reused: "inline" } as const;
  // Safe because a JSON Schema is JSON; the round trip drops what is not.
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(z.toJSONSchema(schema, options))) as JsonObject;
  return rest;
}

/** Schemas that carry an id become components; every mention becomes a reference to one. */
class Components {
  readonly schemas: JsonObject = {};

  /** A place in the document where a schema stands: a reference when it has a name. */
  place(schema: z.ZodType, io: "input" | "output"): JsonObject {
    const { $defs, ...body } = toSchema(schema, io);
    if (typeof $defs === "object" && $defs !== null && !Array.isArray($defs)) {
      for (const [name, definition] of Object.entries($defs)) this.schemas[name] = rewrite(definition);
    }
    const name = schema.meta()?.id;
    if (typeof name !== "string") return asObject(rewrite(body));
    const { id: _, ...named } = body;
    this.schemas[name] = rewrite(named);
    return { $ref: `#/components/schemas/${name}` };
  }
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function rewrite(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "$ref" && typeof inner === "string") return [key, inner.replace(/^#\/\$defs\//, "#/components/schemas/")];
      return [key, rewrite(inner)];
    }),
  );
}

function parameters(components: Components, shape: z.ZodObject, where: "path" | "query"): JsonObject[] {
  const { properties, required } = toSchema(shape, "input");
  const needed = Array.isArray(required) ? required : [];
  return Object.keys(asObject(properties ?? {})).map((name) => {
    const field = shape.shape[name];
    return { name, in: where, required: needed.includes(name), schema: field instanceof z.ZodType ? components.place(field, "input") : {} };
  });
}

const idempotencyHeader: JsonObject = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Asking again with the same key within 24 hours gives back the first answer's run.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function operation(components: Components, route: Route): JsonObject {
  const own = [...parameters(components, route.params, "path"), ...parameters(components, route.query, "query")];
  const texts = Object.fromEntries(route.produces.map((type) => [type, { schema: { type: "string" } }]));
  const answer =
    route.answer === null
      ? route.produces.length === 0
        ? {}
        : { content: texts }
      : { content: { "application/json": { schema: components.place(route.answer, "output") } } };
  const problem = {
    description: "What went wrong",
    content: { "application/problem+json": { schema: components.place(problemSchema, "output") } },
  };
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.path.split("/")[1] ?? ""],
    ...(route.access === "session" ? {} : { "x-permission": route.access }),
    parameters: route.idempotent ? [...own, idempotencyHeader] : own,
    ...(route.body === null
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: components.place(route.body, "input") } } } }),
    responses: { [String(route.status)]: { description: "Done", ...answer }, default: problem },
  };
}

/** `POST /workflows/{id}/publish` is `postWorkflowsByIdPublish`. */
function operationId(route: Route): string {
  const words = route.path.split(/[/-]/).filter((part) => part !== "");
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return route.method + words.map((word) => (word.startsWith("{") ? `By${capital(word.slice(1, -1))}` : capital(word))).join("");
}

/** Writes the OpenAPI 3.1 document of the routes. */
export function createOpenApi(routes: Route[], options: { baseUrl: string; version: string }): JsonObject {
  const components = new Components();
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method] = operation(components, route);
    paths[route.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version: options.version,
      description: "Times are ISO 8601 UTC, durations are milliseconds. Errors are RFC 9457 problem details with a stable `code`.",
    },
    servers: [{ url: `${options.baseUrl}/api/v1` }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token: slc_…" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: options.baseUrl.startsWith("https://") ? "__Host-sluice_session" : "sluice_session",
        },
      },
    },
  };
}
