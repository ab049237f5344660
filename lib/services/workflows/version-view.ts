import type { VersionView } from "#lib/shared/api-types.ts";

interface VersionRow {
  version: number;
  note: string;
  publishedBy: string | null;
  publishedAt: Date;
}

/** A published version as people see it, without its document. */
export function toVersionView(row: VersionRow, liveVersion: number | null): VersionView {
  return {
    version: row.version,
    note: row.note,
    publishedBy: row.publishedBy,
    publishedAt: row.publishedAt.toISOString(),
    live: row.version === liveVersion,
  };
}
