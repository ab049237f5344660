"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useMemo } from "react";
import { formatBytes, formatDuration } from "#components/ui/format.ts";
import { JsonDiff } from "#components/ui/json-diff.tsx";
import { Select } from "#components/ui/select.tsx";
import { attemptLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { AttemptView } from "#lib/shared/api-types.ts";
import { comparedText, readPair, writePair } from "./attempt-pair.ts";
import { CompareLine, CompareTable } from "./compare-table.tsx";

/** Which two attempts are compared, in the address of the page; null: none are. */
export function useAttemptPair(attempts: readonly AttemptView[]) {
  const [text, setText] = useQueryState("pair", parseAsString);
  const numbers = attempts.map((attempt) => attempt.no);
  const last = numbers.at(-1) ?? 0;
  return {
    pair: readPair(text, numbers),
    /** The last one with the one before it. */
    open: () => void setText(writePair([numbers.at(-2) ?? last, last])),
    choose: (pair: [number, number]) => void setText(writePair(pair)),
    close: () => void setText(null),
  };
}

interface Props {
  attempts: readonly AttemptView[];
  pair: [number, number];
  onChoose: (pair: [number, number]) => void;
}

/** Two tries of one call side by side: what was sent, what came back, how long it took. */
export function CompareAttempts({ attempts, pair, onChoose }: Props) {
  const [left, right] = pair.map((no) => attempts.find((attempt) => attempt.no === no));
  if (!left || !right) return null;
  const options = attempts.map(({ no }) => ({ value: String(no), label: `Attempt ${no}` }));
  return (
    <section aria-label="Two attempts compared" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          size="sm"
          aria-label="Left attempt"
          className="w-32"
          options={options}
          value={String(left.no)}
          onValueChange={(no) => onChoose([Number(no), right.no])}
        />
        <span className="text-fg-muted">with</span>
        <Select
          size="sm"
          aria-label="Right attempt"
          className="w-32"
          options={options}
          value={String(right.no)}
          onValueChange={(no) => onChoose([left.no, Number(no)])}
        />
      </div>
      <CompareTable left={`Attempt ${left.no}`} right={`Attempt ${right.no}`}>
        <CompareLine name="Outcome" left={<Outcome attempt={left} />} right={<Outcome attempt={right} />} />
        <CompareLine name="Duration" left={took(left)} right={took(right)} />
        <CompareLine name="Under a limit" left={waited(left)} right={waited(right)} />
        <CompareLine name="Answer" left={size(left)} right={size(right)} />
      </CompareTable>
      <Texts title="Request" left={left} right={right} of={requestOf} />
      <Texts title="Answer" left={left} right={right} of={answerOf} />
    </section>
  );
}

function Outcome({ attempt }: { attempt: AttemptView }) {
  return (
    <span className="inline-flex items-center gap-2">
      <StatusBadge look={attemptLooks[attempt.state]} plain />
      {attempt.httpStatus}
    </span>
  );
}

function took({ startedAt, endedAt }: AttemptView): string {
  return endedAt === null ? "–" : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

function waited({ askedAt, startedAt }: AttemptView): string {
  return askedAt === null ? "–" : formatDuration(Math.max(0, Date.parse(startedAt) - Date.parse(askedAt)));
}

function size({ response }: AttemptView): string {
  return response === null ? "–" : formatBytes(response.sizeBytes);
}

const requestOf = ({ request }: AttemptView): object | null => request;
/** How long it took differs every time, and stands above. */
const answerOf = ({ response }: AttemptView): object | null => response && { ...response, durationMs: undefined };

function Texts(props: { title: string; left: AttemptView; right: AttemptView; of: (attempt: AttemptView) => object | null }) {
  const { title, left, right, of } = props;
  const [before, after] = useMemo(() => [comparedText(of(left)), comparedText(of(right))], [left, right, of]);
  return (
    <div className="flex flex-col gap-1.5">
      <h4 className="font-medium">{title}</h4>
      {before === after ? (
        <p className="text-fg-muted">The same in both.</p>
      ) : (
        <JsonDiff left={before} right={after} leftLabel={`Attempt ${left.no}`} rightLabel={`Attempt ${right.no}`} />
      )}
    </div>
  );
}
