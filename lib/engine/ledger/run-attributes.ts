import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { RunAttribute } from "#lib/policies/run-attributes.ts";

const putAttributes = statement(new URL("./sql/put-run-attributes.sql", import.meta.url));

interface AttributedRun {
  runId: string;
  workspaceId: string;
  attributes?: readonly RunAttribute[] | undefined;
}

export function hasAttributes({ attributes }: Pick<AttributedRun, "attributes">): boolean {
  return attributes !== undefined && attributes.length > 0;
}

/** Stores what runs are found by, in the transaction that stores the runs. Nothing is asked of the database for those without. */
export async function putRunAttributes(client: pg.ClientBase, runs: readonly AttributedRun[]): Promise<void> {
  const rows = runs.flatMap(({ runId, workspaceId, attributes = [] }) => attributes.map((one) => ({ runId, workspaceId, ...one })));
  if (rows.length === 0) return;
  const values = [
    rows.map((row) => row.runId),
    rows.map((row) => row.name),
    rows.map((row) => row.workspaceId),
    rows.map((row) => row.type),
    rows.map((row) => row.text),
    rows.map((row) => row.number),
    rows.map((row) => row.time),
    rows.map((row) => row.problem),
  ];
  await client.query({ ...putAttributes, values });
}
