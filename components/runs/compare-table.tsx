import type { ReactNode } from "react";

/** Two things side by side, a property a line. */
export function CompareTable({ left, right, children }: { left: string; right: string; children: ReactNode }) {
  return (
    <table className="w-full border-collapse text-left">
      <thead>
        <tr className="text-fg-muted text-sm">
          <th className="font-medium">
            <span className="sr-only">What</span>
          </th>
          <th className="font-medium">{left}</th>
          <th className="font-medium">{right}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

export function CompareLine({ name, left, right }: { name: string; left: ReactNode; right: ReactNode }) {
  return (
    <tr className="h-7 border-t">
      <th className="pr-3 font-normal text-fg-muted">{name}</th>
      <td className="tabular-nums">{left}</td>
      <td className="tabular-nums">{right}</td>
    </tr>
  );
}
