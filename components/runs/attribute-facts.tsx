import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { Time } from "#components/ui/time.tsx";
import type { RunAttributeView } from "#lib/shared/run-attribute-types.ts";

/** What a run is found by, as facts: each value leads to the runs that have the same. */
export function attributeFacts(attributes: readonly RunAttributeView[]) {
  return attributes.map((attribute) => ({ name: attribute.name, value: <AttributeValue attribute={attribute} /> }));
}

function AttributeValue({ attribute: { name, type, value, problem } }: { attribute: RunAttributeView }) {
  if (value === null) {
    return (
      <span className="inline-flex items-start gap-1 text-retrying">
        <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
        <span>No value: {problem}</span>
      </span>
    );
  }
  return (
    <Link href={`/runs?attr=${encodeURIComponent(`${name}:${value}`)}`} className="text-accent-text hover:underline">
      {type === "time" && typeof value === "string" ? <Time at={value} /> : String(value)}
    </Link>
  );
}
