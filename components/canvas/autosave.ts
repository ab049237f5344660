import type { WorkflowDocument } from "#lib/graph/document.ts";
import { hasUnsaved, loadedDraft, nextSaveInMs, reduceSave, type SaveEvent, type SaveState } from "./autosave-state.ts";
import { type DraftStorage, forgetLocalDraft, keepLocalDraft } from "./local-draft.ts";

export type SaveAnswer =
  | { kind: "saved"; revision: number; savedAt: string }
  | { kind: "stale" }
  | { kind: "unreachable" }
  | { kind: "rejected"; reason: string };

export interface AutosaveOptions {
  workflowId: string;
  document: WorkflowDocument;
  revision: number;
  /** Sends the draft; never throws. */
  save(a: { document: WorkflowDocument; revision: number }): Promise<SaveAnswer>;
  storage: DraftStorage;
  onChange(state: SaveState): void;
}

/** Saves a draft whenever it rests, one save at a time, and keeps what could not be saved in this browser. */
export class Autosave {
  #state: SaveState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #kept = false;
  readonly #options: AutosaveOptions;

  constructor(options: AutosaveOptions) {
    this.#options = options;
    this.#state = loadedDraft({ document: options.document, revision: options.revision });
  }

  get state(): SaveState {
    return this.#state;
  }

  /** Tells that the editor now shows `document`. */
  edited(document: WorkflowDocument): void {
    if (document === this.#state.current) return;
    this.#dispatch({ type: "edited", document });
  }

  /** Saves at once: Ctrl S, the network came back, or publishing is about to start. Resolves when nothing is left to try. */
  async flush(): Promise<SaveState> {
    clearTimeout(this.#timer);
    const { phase } = this.#state;
    if ((phase === "offline" || phase === "rejected") && hasUnsaved(this.#state)) await this.#saveNow();
    // Edits made during a save want a save of their own.
    while (this.#state.phase === "saving" || this.#state.phase === "dirty") {
      await (this.#state.phase === "saving" ? this.#running : this.#saveNow());
    }
    return this.#state;
  }

  /** Ends a conflict: our document, if it differs, is saved on top of the server's revision. */
  rebase(a: { revision: number; saved: WorkflowDocument; current: WorkflowDocument }): void {
    this.#dispatch({ type: "rebased", ...a });
  }

  /** Writes the local copy when there is something to lose. For page hide and the like. */
  keepLocally(): void {
    const { workflowId, storage } = this.#options;
    if (!hasUnsaved(this.#state)) return;
    const { current: document, saved: base, revision } = this.#state;
    const draft = { document, base, revision, at: new Date().toISOString() };
    this.#kept = keepLocalDraft(storage, workflowId, draft);
  }

  /** Starts again after `stop`: React mounts effects twice in development. */
  resume(): void {
    this.#stopped = false;
    this.#schedule();
  }

  /** The editor closes: what is unsaved is kept here and sent once more, without waiting for it to rest. */
  stop(): void {
    this.#stopped = true;
    this.keepLocally();
    this.#schedule();
  }

  #running: Promise<void> = Promise.resolve();

  #saveNow(): Promise<void> {
    this.#running = this.#send();
    return this.#running;
  }

  async #send(): Promise<void> {
    this.#dispatch({ type: "started" });
    const { current, revision } = this.#state;
    const answer = await this.#options.save({ document: current, revision });
    switch (answer.kind) {
      case "saved":
        return this.#dispatch({ type: "succeeded", revision: answer.revision, savedAt: answer.savedAt });
      case "stale":
        return this.#dispatch({ type: "stale" });
      case "unreachable":
        return this.#dispatch({ type: "unreachable" });
      case "rejected":
        return this.#dispatch({ type: "rejected", reason: answer.reason });
    }
  }

  #dispatch(event: SaveEvent): void {
    this.#state = reduceSave(this.#state, event);
    const { phase } = this.#state;
    if (!hasUnsaved(this.#state)) this.#forgetLocally();
    else if (phase === "offline" || phase === "conflict" || phase === "rejected") this.keepLocally();
    this.#schedule();
    this.#options.onChange(this.#state);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const delayMs = nextSaveInMs(this.#state);
    if (delayMs === null) return;
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#saveNow(), delayMs);
    else if (this.#state.phase === "dirty") void this.#saveNow();
  }

  // Only a copy of our own: one from an earlier visit waits for the person's decision.
  #forgetLocally(): void {
    if (this.#kept) forgetLocalDraft(this.#options.storage, this.#options.workflowId);
    this.#kept = false;
  }
}
