"use client";

import { useMemo } from "react";
import { cn } from "./cn.ts";
import { type DiffRow, diffLines } from "./line-diff.ts";

const contextLines = 3;

/** Which rows to show: the changed ones and a few around them; null marks a gap. */
function withContext(rows: readonly DiffRow[]): (DiffRow | { hidden: number })[] {
  const near = rows.map(() => false);
  rows.forEach((row, index) => {
    if (row.changed) near.fill(true, Math.max(0, index - contextLines), index + contextLines + 1);
  });
  const shown: (DiffRow | { hidden: number })[] = [];
  let hidden = 0;
  rows.forEach((row, index) => {
    if (!near[index]) {
      hidden += 1;
      return;
    }
    if (hidden > 0) shown.push({ hidden });
    hidden = 0;
    shown.push(row);
  });
  if (hidden > 0) shown.push({ hidden });
  return shown;
}

export interface JsonDiffProps {
  /** Two JSON texts, each already indented the same way. */
  left: string;
  right: string;
  leftLabel: string;
  rightLabel: string;
  className?: string;
}

/** Two JSON texts side by side, changed lines marked by sign and colour; long equal stretches are folded away. */
export function JsonDiff({ left, right, leftLabel, rightLabel, className }: JsonDiffProps) {
  const rows = useMemo(() => diffLines(left, right), [left, right]);
  const changes = rows.filter((row) => row.changed).length;
  if (changes === 0) return <p className={cn("rounded-md border bg-subtle px-3 py-2 text-fg-muted", className)}>Nothing was changed.</p>;
  return (
    <div className={cn("overflow-x-auto rounded-md border", className)}>
      <table className="w-full table-fixed border-collapse font-mono text-sm leading-5">
        <thead>
          <tr className="border-b bg-subtle text-left font-sans text-fg-muted">
            <th className="h-7 border-r px-3 font-medium">{leftLabel}</th>
            <th className="h-7 px-3 font-medium">{rightLabel}</th>
          </tr>
        </thead>
        <tbody>
          {withContext(rows).map((row, index) =>
            "hidden" in row ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity and never move
              <tr key={index}>
                <td colSpan={2} className="bg-subtle px-3 text-fg-subtle">
                  {row.hidden} equal {row.hidden === 1 ? "line" : "lines"}
                </td>
              </tr>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <tr key={index}>
                <Cell
                  text={row.left}
                  sign={row.changed ? "−" : " "}
                  className={cn("border-r", row.changed && row.left !== null && "bg-failed-tint text-failed")}
                />
                <Cell
                  text={row.right}
                  sign={row.changed ? "+" : " "}
                  className={cn(row.changed && row.right !== null && "bg-succeeded-tint text-succeeded")}
                />
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ text, sign, className }: { text: string | null; sign: string; className?: string }) {
  if (text === null) return <td className={cn("bg-muted/50", className)} />;
  return (
    <td className={cn("wrap-anywhere whitespace-pre-wrap px-3 align-top", className)}>
      <span className="mr-2 select-none text-fg-subtle">{sign}</span>
      {text}
    </td>
  );
}
