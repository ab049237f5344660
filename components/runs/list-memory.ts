/** Where somebody was in the run list, to come back to the same place, and to go from run to run on the run page. */
export interface ListPlace {
  /** The filters, as text. */
  filter: string;
  scrollY: number;
  /** The row that had the focus. */
  runId: string | null;
}

export interface ListedRuns {
  /** The address of the list, with its filters. */
  href: string;
  ids: string[];
}

const listedKey = "sluice.runs.listed";
let place: ListPlace | null = null;

export function keepPlace(next: ListPlace): void {
  place = next;
}

/** The place kept for these filters; asked for once. */
export function takePlace(filter: string): ListPlace | null {
  const kept = place?.filter === filter ? place : null;
  place = null;
  return kept;
}

/** Kept for this tab only, so that a run opened in another one goes through the runs of its own list. */
export function keepListed(listed: ListedRuns): void {
  try {
    sessionStorage.setItem(listedKey, JSON.stringify(listed));
  } catch {
    // Without storage the run page has no neighbours to go to.
  }
}

export function readListed(): ListedRuns | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(listedKey) ?? "null");
    return isListed(value) ? value : null;
  } catch {
    return null;
  }
}

function isListed(value: unknown): value is ListedRuns {
  return (
    typeof value === "object" &&
    value !== null &&
    "href" in value &&
    typeof value.href === "string" &&
    "ids" in value &&
    Array.isArray(value.ids)
  );
}
