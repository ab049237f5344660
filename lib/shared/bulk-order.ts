/** Which items of a bulk act come first. */
export const bulkOrders = ["oldest", "newest"] as const;
export type BulkOrder = (typeof bulkOrders)[number];
