import { type APIRequestContext, expect as impatient, request } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { setTarget } from "../fixtures/failing.ts";

/** A machine that stalls is waited for; one that does not loses nothing by it. */
export const expect = impatient.configure({ timeout: 30_000 });

/** Calls a sandbox target with headers that must never be shown, up to three times. */
function callingDocument(baseUrl: string, target: string): object {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
      { id: "give", type: "set", name: "Prepare", position: { x: 320, y: 0 }, config: { values: { id: "{{ trigger.body.id }}" } } },
      {
        id: "call",
        type: "http-request",
        name: "Charge card",
        position: { x: 640, y: 0 },
        config: {
          url: `${baseUrl}/sandbox/${target}/charge`,
          headers: { authorization: "Bearer very-secret", "x-api-key": "very-secret", cookie: "session=very-secret" },
        },
        policy: { retry: { maxAttempts: 3, initialMs: 50, maxMs: 200 } },
      },
      { id: "mail", type: "set", name: "Send receipt", position: { x: 960, y: 0 }, config: { values: { sent: "yes" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "give" },
      { id: "e2", source: "give", target: "call" },
      { id: "e3", source: "call", target: "mail" },
    ],
  };
}

/** What the target answers: not worth a second try, worth a second and a third, or well. */
const behaviours = {
  refusing: { kind: "flaky", failRatio: 1, seed: 1, status: 404 },
  failing: { kind: "flaky", failRatio: 1, seed: 1, status: 503 },
  well: { kind: "recorder" },
} as const;

type SignedIn = Awaited<ReturnType<APIRequestContext["storageState"]>>;

/** A published workflow that charges a card at a sandbox target. */
export class Charges {
  readonly name: string;
  readonly seed: Seed;
  readonly workflowId: string;
  readonly #request: APIRequestContext;
  readonly #baseUrl: string;
  readonly #target: string;

  private constructor(a: { name: string; seed: Seed; workflowId: string; request: APIRequestContext; baseUrl: string; target: string }) {
    this.name = a.name;
    this.seed = a.seed;
    this.workflowId = a.workflowId;
    this.#request = a.request;
    this.#baseUrl = a.baseUrl;
    this.#target = a.target;
  }

  /** With a name of its own, so that a search for it finds no other's runs. It outlives the test that made it. */
  static async publish(site: { server: { baseUrl: string }; ownerState: SignedIn }, target: string): Promise<Charges> {
    const { baseUrl } = site.server;
    const api = await request.newContext({ baseURL: baseUrl, storageState: site.ownerState });
    const seed = new Seed(api, baseUrl);
    const name = `Charges of ${target}`;
    await setTarget(api, baseUrl, target, behaviours.refusing);
    const workflowId = await seed.workflow(name, callingDocument(baseUrl, target));
    await seed.publish(workflowId);
    return new Charges({ name, seed, workflowId, request: api, baseUrl, target });
  }

  behave(how: keyof typeof behaviours): Promise<void> {
    return setTarget(this.#request, this.#baseUrl, this.#target, behaviours[how]);
  }

  /** Starts runs and waits for their ends. */
  async start(ids: readonly number[], status: "failed" | "succeeded"): Promise<string[]> {
    const made = await Promise.all(
      ids.map((id) => this.seed.post<{ runId: string }>(`/workflows/${this.workflowId}/runs`, { input: { id } })),
    );
    const wanted = new Set(made.map(({ runId }) => runId));
    const left = async () => {
      const { items } = await this.seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${this.workflowId}&status=${status}&limit=200`);
      return wanted.size - items.filter((run) => wanted.has(run.id)).length;
    };
    await expect.poll(left, { timeout: 30_000, intervals: [50, 100, 200] }).toBe(0);
    return [...wanted];
  }
}

export const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
