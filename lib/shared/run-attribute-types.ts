/* What /api/v1 answers about the attributes runs are found by; beside api-types.ts. */

export interface RunAttributeView {
  name: string;
  type: "text" | "number" | "boolean" | "time";
  /** Null: it has none, and `problem` says why. */
  value: string | number | boolean | null;
  problem: string | null;
}

export interface AttributeName {
  name: string;
  type: string;
}
