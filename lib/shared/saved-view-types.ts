export const savedViewScreens = ["runs", "inbox"] as const;

/** Filters of a list under a name, as /api/v1 answers them. */
export interface SavedViewView {
  id: string;
  screen: (typeof savedViewScreens)[number];
  name: string;
  /** The filters as they stand in the address of the list. */
  search: string;
  /** Everybody in the workspace sees it. */
  shared: boolean;
  /** Whether it is the asking person's own. */
  mine: boolean;
  /** Who made it. */
  createdBy: string;
}
