import { useId } from "react";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { Collision, Side } from "#lib/graph/merge.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { nodeOf } from "../document-index.ts";
import { oneLine } from "../one-line.ts";

interface CollisionListProps {
  collisions: Collision[];
  /** Where the names of steps are found, the first that knows one. */
  documents: WorkflowDocument[];
  sideOf: (key: string) => Side;
  onChoose: (key: string, side: Side) => void;
}

/** What both changed: whose value the joined draft gets, place by place. */
export function CollisionList({ collisions, documents, sideOf, onChoose }: CollisionListProps) {
  return (
    <section aria-label="Changed by both" className="min-w-0">
      <h3 className="font-medium">
        Both of you changed {collisions.length === 1 ? "the same place" : `the same ${plural(collisions.length, "place")}`}
      </h3>
      <p className="mb-1.5 text-fg-muted text-sm">Choose which is kept when both are joined.</p>
      <ul className="flex max-h-60 flex-col divide-y overflow-y-auto rounded-md border">
        {collisions.map((collision) => (
          <li key={collision.key} className="p-3">
            <Choice
              collision={collision}
              title={titleOf(collision, documents)}
              side={sideOf(collision.key)}
              onChoose={(side) => onChoose(collision.key, side)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function titleOf({ nodeId, field, key }: Collision, documents: WorkflowDocument[]): string {
  const name = nodeId === null ? null : documents.map((document) => nodeOf(document, nodeId)?.name).find((found) => found !== undefined);
  const place = field.replace(/^config\./, "");
  if (name !== null) return place === "" ? (name ?? key) : `${name ?? nodeId}: ${place}`;
  return key.startsWith("note") ? "A note on the canvas" : `Workflow: ${place}`;
}

interface ChoiceProps {
  collision: Collision;
  title: string;
  side: Side;
  onChoose: (side: Side) => void;
}

function Choice({ collision, title, side, onChoose }: ChoiceProps) {
  const name = useId();
  const line = (of: Side, words: string) => (
    <label className={cn("flex items-baseline gap-2 rounded-md border p-2 has-checked:border-accent", side === of && "bg-muted")}>
      <input type="radio" name={name} className="translate-y-0.5 accent-accent" checked={side === of} onChange={() => onChoose(of)} />
      <span className="min-w-0">
        {words}
        <Value value={collision[of]} whole={collision.field === ""} />
      </span>
    </label>
  );
  return (
    <fieldset>
      <legend className="mb-1.5">{title}</legend>
      <div className="grid gap-2 md:grid-cols-2">
        {line("mine", "Yours")}
        {line("theirs", "Theirs")}
      </div>
    </fieldset>
  );
}

function Value({ value, whole }: { value: JsonValue; whole: boolean }) {
  if (value === null) return <span className="block text-fg-muted text-sm">{whole ? "deleted" : "not set"}</span>;
  if (whole) return <span className="block text-fg-muted text-sm">kept, with the changes</span>;
  return (
    <span className="block truncate font-mono text-fg-muted text-sm" title={oneLine(value, 500)}>
      {oneLine(value, 80)}
    </span>
  );
}
