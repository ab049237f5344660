import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyDocument, type WorkflowDocument } from "#lib/graph/document.ts";
import { Autosave, type SaveAnswer } from "./autosave.ts";
import { hasUnsaved, quietMs, type SavePhase } from "./autosave-state.ts";
import { type DraftStorage, keepLocalDraft, readLocalDraft } from "./local-draft.ts";

function memoryStorage(): DraftStorage {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const edition = (runDeadlineMs: number): WorkflowDocument => ({ ...emptyDocument, settings: { ...emptyDocument.settings, runDeadlineMs } });
const start = edition(1_000);

function open() {
  const storage = memoryStorage();
  const phases: SavePhase[] = [];
  const sent: { document: WorkflowDocument; revision: number }[] = [];
  const answers: ((answer: SaveAnswer) => void)[] = [];
  const autosave = new Autosave({
    workflowId: "w",
    document: start,
    revision: 7,
    storage,
    save: (draft) => {
      sent.push(draft);
      return new Promise((resolve) => answers.push(resolve));
    },
    onChange: (state) => phases.push(state.phase),
  });
  const answer = async (value: SaveAnswer) => {
    answers.shift()?.(value);
    await vi.advanceTimersByTimeAsync(0);
  };
  const saved = (revision: number): SaveAnswer => ({ kind: "saved", revision, savedAt: "2026-11-21T14:02:11Z" });
  return { autosave, storage, phases, sent, answer, saved };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Autosave", () => {
  it("saves once the draft rests, from the revision it was loaded at", async () => {
    const { autosave, sent, phases, answer, saved } = open();
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs / 2);
    autosave.edited(edition(3_000));
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await answer(saved(8));
    expect(sent).toEqual([{ document: edition(3_000), revision: 7 }]);
    expect(phases).toEqual(["dirty", "dirty", "saving", "saved"]);
    expect(autosave.state).toMatchObject({ revision: 8, savedAt: "2026-11-21T14:02:11Z" });
  });

  it("keeps edits made during a save dirty and saves them next, from the new revision", async () => {
    const { autosave, sent, answer, saved } = open();
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    autosave.edited(edition(3_000));
    await answer(saved(8));
    expect(autosave.state.phase).toBe("dirty");
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer(saved(9));
    expect(sent.map((draft) => [draft.document.settings.runDeadlineMs, draft.revision])).toEqual([
      [2_000, 7],
      [3_000, 8],
    ]);
    expect(hasUnsaved(autosave.state)).toBe(false);
  });

  it("has nothing to save after an undo back to what is saved", async () => {
    const { autosave, sent } = open();
    autosave.edited(edition(2_000));
    autosave.edited(start);
    await vi.advanceTimersByTimeAsync(10 * quietMs);
    expect(sent).toEqual([]);
    expect(autosave.state.phase).toBe("idle");
  });

  it("keeps the draft in the browser while offline, tries again less and less often, and cleans up", async () => {
    const { autosave, sent, storage, answer, saved } = open();
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer({ kind: "unreachable" });
    expect(autosave.state.phase).toBe("offline");
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(2_000), revision: 7 });
    await vi.advanceTimersByTimeAsync(1_000);
    await answer({ kind: "unreachable" });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(sent).toHaveLength(2);
    autosave.edited(edition(3_000));
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(3_000) });
    await vi.advanceTimersByTimeAsync(2_000);
    await answer(saved(8));
    expect(sent.at(-1)?.document).toEqual(edition(3_000));
    expect(readLocalDraft(storage, "w")).toBeNull();
  });

  it("stops at a conflict, loses no edit, and goes on after it is settled", async () => {
    const { autosave, sent, storage, answer, saved } = open();
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer({ kind: "stale" });
    autosave.edited(edition(3_000));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(autosave.state.phase).toBe("conflict");
    expect(sent).toHaveLength(1);
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(3_000) });
    autosave.rebase({ revision: 12, saved: edition(5_000), current: edition(3_000) });
    await vi.advanceTimersByTimeAsync(quietMs);
    expect(sent.at(-1)).toEqual({ document: edition(3_000), revision: 12 });
    await answer(saved(13));
    expect(autosave.state.phase).toBe("saved");
  });

  it("says why the server refused, keeps the draft here, and tries again after the next edit", async () => {
    const { autosave, sent, storage, answer, saved } = open();
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer({ kind: "rejected", reason: "nodes.0.policy.retry.maxAttempts: at most 100" });
    expect(autosave.state).toMatchObject({ phase: "rejected", reason: "nodes.0.policy.retry.maxAttempts: at most 100" });
    expect(readLocalDraft(storage, "w")).not.toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    autosave.edited(edition(3_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer(saved(8));
    expect(autosave.state).toMatchObject({ phase: "saved", reason: null });
  });

  it("flush saves at once, waits for a running save and takes later edits along", async () => {
    const { autosave, sent, answer, saved } = open();
    autosave.edited(edition(2_000));
    const first = autosave.flush();
    autosave.edited(edition(3_000));
    const second = autosave.flush();
    await answer(saved(8));
    await answer(saved(9));
    expect(hasUnsaved(await first)).toBe(false);
    expect((await second).revision).toBe(9);
    expect(sent).toHaveLength(2);
  });

  it("keeps unsaved edits in the browser when the editor closes, and sends them once more", async () => {
    const { autosave, sent, storage, answer, saved } = open();
    autosave.edited(edition(2_000));
    autosave.stop();
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(2_000), revision: 7 });
    expect(sent).toHaveLength(1);
    await answer(saved(8));
    expect(readLocalDraft(storage, "w")).toBeNull();
  });

  it("keeps them there when that last save fails, and tries no more", async () => {
    const { autosave, sent, storage, answer } = open();
    autosave.edited(edition(2_000));
    autosave.stop();
    await answer({ kind: "unreachable" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(2_000) });
  });

  it("does not throw away a copy from an earlier visit that nobody has decided about", async () => {
    const { autosave, storage, answer, saved } = open();
    keepLocalDraft(storage, "w", { document: edition(9_000), revision: 3, at: "2026-11-20T10:00:00Z" });
    autosave.edited(edition(2_000));
    await vi.advanceTimersByTimeAsync(quietMs);
    await answer(saved(8));
    expect(readLocalDraft(storage, "w")).toMatchObject({ document: edition(9_000) });
  });
});

describe("the local copy", () => {
  it("is not made when the browser has no room, without stopping anything", () => {
    const full = {
      ...memoryStorage(),
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    };
    expect(keepLocalDraft(full, "w", { document: start, revision: 1, at: "2026-11-21T14:02:11Z" })).toBe(false);
  });

  it("is ignored when it is not a draft", () => {
    const storage = memoryStorage();
    storage.setItem("sluice.draft.w", "{ broken");
    expect(readLocalDraft(storage, "w")).toBeNull();
    storage.setItem("sluice.draft.w", JSON.stringify({ document: { nodes: 3 }, revision: 1, at: "x" }));
    expect(readLocalDraft(storage, "w")).toBeNull();
  });
});
