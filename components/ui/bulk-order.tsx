import type { BulkOrder } from "#lib/shared/bulk-order.ts";
import type { Fact } from "./facts.tsx";
import { Time } from "./time.tsx";

export const orderOptions: readonly { value: BulkOrder; label: string }[] = [
  { value: "oldest", label: "Oldest first" },
  { value: "newest", label: "Newest first" },
];

/** Rate and order of a bulk act: "10 a second, newest first". */
export function paceWords({ ratePerSecond, order }: { ratePerSecond: number; order: BulkOrder }): string {
  return `${ratePerSecond} a second, ${order} first`;
}

interface Span {
  order: BulkOrder;
  oldestAt: string | null;
  newestAt: string | null;
}

/** From when what a plan takes is, and at which end it begins. */
export function spanFacts({ order, oldestAt, newestAt }: Span): Fact[] {
  if (oldestAt === null || newestAt === null) return [];
  const oldest = { name: order === "oldest" ? "Oldest, goes first" : "Oldest, goes last", value: <Time at={oldestAt} /> };
  const newest = { name: order === "newest" ? "Newest, goes first" : "Newest, goes last", value: <Time at={newestAt} /> };
  return order === "oldest" ? [oldest, newest] : [newest, oldest];
}
