import * as z from "zod";
import type { Capabilities, Context } from "#lib/services/context.ts";
import type { Permission } from "#lib/services/permissions.ts";

/** What every verb behind the API may ask for. */
export type ApiContext = Context & Capabilities;

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** A request after its body was read, before anything is checked. */
export interface RawRequest {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
  idempotencyKey: string | undefined;
}

/** One line of the API: from it come the route, its place in the OpenAPI document, and its row in the permission test. */
export interface Route {
  method: Method;
  /** In OpenAPI's form: `/workflows/{id}`. */
  path: string;
  summary: string;
  /** What the caller must hold; `session`: to be signed in is enough, the answer shows the caller nothing but the caller. */
  access: Permission | "session";
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodType | null;
  status: 200 | 201 | 202 | 204;
  /** Null: no body. */
  answer: z.ZodType | null;
  /** Content types of an answer that is no JSON; its handler gives a Response. */
  produces: readonly string[];
  /** Whether the Idempotency-Key header means something here. */
  idempotent: boolean;
  /** Checks the input and calls the verb. Throws ZodError or AppError. */
  handle(request: RawRequest, ctx: ApiContext): Promise<unknown>;
}

const nothing = z.strictObject({});

interface RouteDraft<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  method: Method;
  path: string;
  summary: string;
  access: Permission | "session";
  params?: Params;
  query?: Query;
  body?: Body;
  status?: 200 | 201 | 202;
  answer?: z.ZodType;
  produces?: readonly string[];
  idempotent?: boolean;
  handle(args: {
    ctx: ApiContext;
    params: z.output<Params>;
    query: z.output<Query>;
    body: z.output<Body>;
    idempotencyKey: string | undefined;
  }): Promise<unknown>;
}

/** Writes one line of the API; the handler sees its input checked and typed. */
export function route<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = typeof nothing,
>(draft: RouteDraft<Params, Query, Body>): Route {
  const params = draft.params ?? nothing;
  const query = draft.query ?? nothing;
  const body = draft.body ?? nothing;
  return {
    method: draft.method,
    path: draft.path,
    summary: draft.summary,
    access: draft.access,
    params,
    query,
    body: draft.body ?? null,
    status: draft.answer === undefined && draft.produces === undefined ? 204 : (draft.status ?? 200),
    answer: draft.answer ?? null,
    produces: draft.produces ?? [],
    idempotent: draft.idempotent ?? false,
    handle(request, ctx) {
      return draft.handle({
        ctx,
        // Safe because each was parsed by the very schema the handler's types are inferred from.
        params: params.parse(request.params) as z.output<Params>,
        query: query.parse(request.query) as z.output<Query>,
        body: body.parse(request.body) as z.output<Body>,
        idempotencyKey: request.idempotencyKey,
      });
    },
  };
}
