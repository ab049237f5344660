/** What is wrong with a share as it was typed; null when nothing is. */
export function shareProblem(share: number | string | undefined): string | null {
  if (share === undefined || share === "") return "a share is needed";
  if (typeof share !== "number" || !Number.isInteger(share)) return "must be a whole number";
  return share < 1 || share > 99 ? "must be from 1 to 99" : null;
}
