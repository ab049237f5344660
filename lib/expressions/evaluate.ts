import type { Evaluate } from "#lib/nodes/runner.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { type CompiledCel, compileCel } from "./compile.ts";
import { ExpressionError } from "./error.ts";
import { Lru } from "./lru.ts";
import type { Scope } from "./scope.ts";
import { compileTemplate } from "./template.ts";
import { assertResultSize, defaultMaxSteps, type Frame, finite, type Value } from "./value.ts";

export interface EvaluateOptions {
  /** The work one evaluation may do: about one step per item walked. A million take some 50 ms. */
  maxSteps?: number;
}

/** Resolves one value; null when the value holds no template and is its own result. */
type Resolve = ((frame: Frame) => JsonValue) | null;

const maxCached = 2_000;
/** A longer text is compiled anew where it is not part of a config, which `valueCache` knows; the cache stays small. */
const maxCachedLength = 20_000;
const celCache = new Lru<string, CompiledCel>(maxCached);
const textCache = new Lru<string, { resolve: Resolve }>(maxCached);
/** By identity: documents are immutable, and so are their configs. */
const valueCache = new WeakMap<object, { resolve: Resolve }>();

/** Binds evaluation to a scope. Cheap: expressions are compiled once per process, and the scope is not copied. */
export function createEvaluate(scope: Scope, options: EvaluateOptions = {}): Evaluate {
  const maxSteps = options.maxSteps ?? defaultMaxSteps;
  return {
    cel(source, extra) {
      const compiled = compiledCel(source);
      return guarded(source, () => result(compiled.run({ names: scope, extra, locals: [], steps: maxSteps }), compiled.builds));
    },
    template(value, extra) {
      const resolve = typeof value === "string" ? resolverOfText(value) : resolverOf(value);
      return resolve === null ? value : resolve({ names: scope, extra, locals: [], steps: maxSteps });
    },
  };
}

const loop = /\.\s*(all|exists|exists_one|filter|map)\s*\(/;

/**
 * Whether evaluating a config may walk lists, so that a large scope makes it costly. By the look of its texts alone:
 * it need not know which are expressions, and a false alarm costs little.
 */
export function walksLists(value: JsonValue): boolean {
  if (typeof value === "string") return loop.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(walksLists);
}

function compiledCel(source: string): CompiledCel {
  let compiled = celCache.get(source);
  if (!compiled) {
    compiled = guarded(source, () => compileCel(source));
    celCache.set(source, compiled);
  }
  return compiled;
}

function resolverOf(value: JsonValue): Resolve {
  if (typeof value === "string") return resolverOfText(value);
  if (typeof value !== "object" || value === null) return null;
  let known = valueCache.get(value);
  if (!known) {
    known = { resolve: Array.isArray(value) ? compileArray(value) : compileObject(value) };
    valueCache.set(value, known);
  }
  return known.resolve;
}

function resolverOfText(text: string): Resolve {
  if (!text.includes("{{")) return null;
  let known = textCache.get(text);
  if (!known) {
    known = { resolve: compileText(text) };
    if (text.length <= maxCachedLength) textCache.set(text, known);
  }
  return known.resolve;
}

function compileText(text: string): Resolve {
  const { run, holes } = compileTemplate(text);
  const builds = holes.some((hole) => hole.cel.builds);
  return (frame) => guarded(text, () => result(run(frame), builds));
}

function compileArray(items: JsonValue[]): Resolve {
  const resolvers = items.map(resolverOf);
  if (resolvers.every((resolve) => resolve === null)) return null;
  return (frame) =>
    items.map((item, i) => {
      const resolve = resolvers[i];
      return resolve ? resolve(frame) : item;
    });
}

function compileObject(value: JsonObject): Resolve {
  const fields = Object.entries(value).map(([key, field]) => ({ key, field, resolve: resolverOf(field) }));
  if (fields.every(({ resolve }) => resolve === null)) return null;
  return (frame) => {
    const made: JsonObject = {};
    for (const { key, field, resolve } of fields) define(made, key, resolve === null ? field : resolve(frame));
    return made;
  };
}

/** Sets an own property, also for the key `__proto__`, which plain assignment would swallow. */
function define(target: JsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

function result(value: Value, builds: boolean): JsonValue {
  if (value === undefined) return null;
  if (typeof value === "number") return finite(value);
  if (builds) assertResultSize(value);
  return value;
}

/** Adds the source to errors that do not know it, and turns a stack overflow on deep data into a told error. */
function guarded<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError("limit", "the data is nested too deeply", { source, cause: error });
    if (!(error instanceof ExpressionError) || error.source === source) throw error;
    throw new ExpressionError(error.code, error.message, { source, position: error.source === "" ? error.position : null, cause: error });
  }
}
