const barWidth = 3;
const gap = 1;
const height = 18;

/** How many by hour of the last day, oldest left; `words` say it without the picture. */
export function Sparkline({ byHour, words }: { byHour: readonly number[]; words: string }) {
  const most = Math.max(1, ...byHour);
  return (
    <svg role="img" aria-label={words} width={byHour.length * (barWidth + gap)} height={height} className="inline-block align-middle">
      <title>{words}</title>
      {byHour.map((count, hour) => {
        const tall = count === 0 ? 1 : Math.max(2, Math.round((count / most) * height));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the hour
            key={hour}
            x={hour * (barWidth + gap)}
            y={height - tall}
            width={barWidth}
            height={tall}
            rx={0.5}
            fill={count === 0 ? "var(--border)" : "var(--edge)"}
          />
        );
      })}
    </svg>
  );
}
