import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";

test("items of one turn go out in one flush, each with its own result", async () => {
  const batches: number[][] = [];
  const commit = new GroupCommit<number, number>({
    flush: async (items) => {
      batches.push(items);
      return items.map((item) => item * 10);
    },
  });
  expect(await Promise.all([commit.add(1), commit.add(2), commit.add(3)])).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test("what arrives during a flush waits for the next one", async () => {
  const batches: number[][] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const commit = new GroupCommit<number, number>({
    flush: async (items) => {
      batches.push(items);
      if (batches.length === 1) {
        later = Promise.all([commit.add(2), commit.add(3)]);
        await gate;
      }
      return items;
    },
  });
  let later: Promise<number[]> | undefined;
  const first = commit.add(1);
  release();
  await first;
  await later;
  expect(batches).toEqual([[1], [2, 3]]);
});

test("a failing flush rejects its own batch only, and the next batch goes on", async () => {
  let calls = 0;
  const commit = new GroupCommit<number, number>({
    maxBatch: 1,
    flush: async (items) => {
      calls += 1;
      if (calls === 1) throw new Error("connection lost");
      return items;
    },
  });
  const first = commit.add(1);
  const second = commit.add(2);
  await expect(first).rejects.toThrow("connection lost");
  expect(await second).toBe(2);
});

test("a batch never exceeds its maximum", async () => {
  const sizes: number[] = [];
  const commit = new GroupCommit<number, number>({
    maxBatch: 4,
    flush: async (items) => {
      sizes.push(items.length);
      return items;
    },
  });
  await Promise.all(Array.from({ length: 10 }, (_, index) => commit.add(index)));
  expect(sizes).toEqual([4, 4, 2]);
  await commit.idle();
  expect(commit.depth).toBe(0);
});
