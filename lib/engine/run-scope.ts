import type { Scope } from "#lib/expressions/scope.ts";
import { iterationsAround } from "#lib/shared/iteration.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

type Outputs = Scope["steps"];

/** What the expressions of a run see, by where they stand: a step in a loop sees its own iteration and what is around it. */
export class RunScope {
  readonly #base: Omit<Scope, "steps" | "connection">;
  readonly #outside: Outputs = {};
  readonly #inside = new Map<string, Outputs>();
  readonly #items = new Map<string, { item: JsonValue; index: number }>();

  constructor(base: Omit<Scope, "steps" | "connection">) {
    this.#base = base;
  }

  /** Makes the output of a step visible. */
  expose(at: { nodeId: string; iteration: string }, output: JsonValue): void {
    this.#outputsAt(at.iteration)[at.nodeId] = { output };
  }

  /** Begins an iteration: its steps see the item, and under the loop's id too, where a loop inside has an item of its own. */
  enter(iteration: string, loopId: string, at: { item: JsonValue; index: number }): void {
    this.#items.set(iteration, at);
    this.expose({ nodeId: loopId, iteration }, at);
  }

  leave(iteration: string): void {
    this.#items.delete(iteration);
    this.#inside.delete(iteration);
  }

  /** What is seen from an iteration. */
  seenFrom(iteration: string, connection: JsonObject): Scope {
    return { ...this.#base, ...this.#items.get(iteration), steps: this.stepsSeenFrom(iteration), connection };
  }

  stepsSeenFrom(iteration: string): Outputs {
    if (iteration === "") return this.#outside;
    return Object.assign({}, ...iterationsAround(iteration).map((path) => this.#outputsAt(path)));
  }

  #outputsAt(iteration: string): Outputs {
    if (iteration === "") return this.#outside;
    const known = this.#inside.get(iteration);
    if (known) return known;
    const outputs: Outputs = {};
    this.#inside.set(iteration, outputs);
    return outputs;
  }
}
