"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { LedgerView } from "#lib/shared/sandbox-types.ts";
import { ledgerQuery } from "./queries.ts";

/** What a target applied, by idempotency key. A key that was applied twice is what must never happen. */
export function LedgerPanel({ name, onClose }: { name: string; onClose: () => void }) {
  const ledger = useInfiniteQuery(ledgerQuery(name));
  return (
    <section aria-label={`Ledger of ${name}`} className="border-t xl:border-t-0 xl:border-l">
      <header className="flex items-center justify-between gap-2 px-4 py-3">
        <h2 className="font-semibold text-lg">
          Ledger of <span className="font-mono text-base">{name}</span>
        </h2>
        <IconButton label="Close the ledger" icon={<X aria-hidden />} onClick={onClose} />
      </header>
      {ledger.isPending ? <SkeletonRows rows={4} label="Loading the ledger" /> : null}
      {ledger.isError && !ledger.data ? (
        <ErrorState
          title="The ledger could not be loaded"
          error={ledger.error}
          onRetry={() => void ledger.refetch()}
          retrying={ledger.isFetching}
        />
      ) : null}
      {ledger.data ? (
        <>
          <Totals first={ledger.data.pages[0]} keys={ledger.data.pages.flatMap((page) => page.keys)} />
          <Keys keys={ledger.data.pages.flatMap((page) => page.keys)} />
          {ledger.hasNextPage ? (
            <div className="flex justify-center py-4">
              <Button loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
                Load older keys
              </Button>
            </div>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

function Totals({ first, keys }: { first: LedgerView | undefined; keys: LedgerView["keys"] }) {
  const doubled = keys.filter((key) => key.idempotencyKey !== null && key.count > 1).length;
  const totals = [
    { label: "Calls", value: first?.calls ?? 0, bad: false },
    { label: "Effects applied", value: first?.applied ?? 0, bad: false },
    { label: "Keys applied twice", value: doubled, bad: doubled > 0 },
  ];
  return (
    <dl className="grid grid-cols-3 gap-4 px-4 pb-4">
      {totals.map((total) => (
        <div key={total.label}>
          <dt className="text-fg-subtle text-sm">{total.label}</dt>
          <dd className={total.bad ? "font-semibold text-2xl text-failed tabular-nums" : "font-semibold text-2xl tabular-nums"}>
            {formatCount(total.value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Keys({ keys }: { keys: LedgerView["keys"] }) {
  if (keys.length === 0) return <p className="border-t px-4 py-6 text-center text-fg-muted">Nothing was applied yet.</p>;
  return (
    <ul aria-label="Idempotency keys" className="border-t">
      {keys.map((key) => (
        <li key={key.idempotencyKey ?? "none"} className="border-b px-4 py-2">
          <div className="flex items-center gap-3">
            {key.idempotencyKey === null ? (
              <span className="flex-1 text-fg-muted">Without a key</span>
            ) : (
              <CopyText text={key.idempotencyKey} label="idempotency key" className="min-w-0 flex-1" />
            )}
            <Badge tone={key.count > 1 && key.idempotencyKey !== null ? "red" : "neutral"}>{formatCount(key.count)}×</Badge>
            <Time at={key.lastAppliedAt} className="text-fg-muted" />
          </div>
          {key.lastBody ? <p className="truncate font-mono text-fg-subtle text-sm">{key.lastBody}</p> : null}
        </li>
      ))}
    </ul>
  );
}
