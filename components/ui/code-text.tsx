/** A sentence in which what stands between backticks is code. */
export function CodeText({ text }: { text: string }) {
  return [...text.matchAll(/`([^`]*)`|[^`]+/g)].map(({ index, 0: part, 1: code }) =>
    code === undefined ? (
      part
    ) : (
      <code key={index} className="font-mono">
        {code}
      </code>
    ),
  );
}
