const dayMs = 86_400_000;

/** Ids begin with the time they were made at. Null: the text is no such id. */
export function madeAt(id: string): number | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)
    ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    : null;
}

/** Why the server does not show a run: it may not be seen, is past its time, never was, or the server is at a loss. */
export function whyMissing(a: { status: number | null; runId: string; retentionDays: number; nowMs: number }) {
  if (a.status === 403) return "forbidden";
  if (a.status !== 404 && a.status !== 422 && a.status !== 400) return "unreachable";
  const made = madeAt(a.runId);
  return made !== null && made < a.nowMs - a.retentionDays * dayMs ? "expired" : "unknown";
}
