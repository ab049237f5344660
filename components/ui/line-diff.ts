export interface DiffRow {
  left: string | null;
  right: string | null;
  leftNo: number | null;
  rightNo: number | null;
  changed: boolean;
}

/** Beyond this the table of the longest common subsequence costs too much; everything between the equal ends counts as changed. */
const maxCells = 4_000_000;

function commonLines(left: readonly string[], right: readonly string[]): boolean[][] | null {
  if (left.length * right.length > maxCells) return null;
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] = left[i] === right[j] ? (lengths[at + width + 1] ?? 0) + 1 : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const keptLeft = left.map(() => false);
  const keptRight = right.map(() => false);
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      keptLeft[i++] = true;
      keptRight[j++] = true;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return [keptLeft, keptRight];
}

/** Lines of two texts side by side; equal lines share a row, changed ones are paired as far as they go. */
export function diffLines(leftText: string, rightText: string): DiffRow[] {
  const left = leftText.split("\n");
  const right = rightText.split("\n");
  const kept = commonLines(left, right);
  const rows: DiffRow[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const leftSame = i < left.length && (kept?.[0]?.[i] ?? false);
    const rightSame = j < right.length && (kept?.[1]?.[j] ?? false);
    const takeLeft = i < left.length && (!leftSame || rightSame);
    const takeRight = j < right.length && (!rightSame || leftSame);
    rows.push({
      left: takeLeft ? (left[i] ?? null) : null,
      right: takeRight ? (right[j] ?? null) : null,
      leftNo: takeLeft ? i + 1 : null,
      rightNo: takeRight ? j + 1 : null,
      changed: !(leftSame && rightSame),
    });
    if (takeLeft) i += 1;
    if (takeRight) j += 1;
  }
  return rows;
}
