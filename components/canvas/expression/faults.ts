/** Something wrong in a text, at an offset. */
export interface Fault {
  message: string;
  position: number;
}

/** The name or path around an offset, or the one character there: what is underlined. */
export function wordAt(text: string, position: number): { from: number; to: number } {
  const at = Math.min(Math.max(0, position), Math.max(0, text.length - 1));
  const isPath = (index: number) => /[\w.]/.test(text.charAt(index));
  if (!isPath(at)) return { from: at, to: Math.min(text.length, at + 1) };
  let from = at;
  let to = at;
  while (from > 0 && isPath(from - 1)) from -= 1;
  while (to < text.length && isPath(to)) to += 1;
  return { from, to };
}
