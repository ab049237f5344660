import { FlaskConical } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { intoView } from "#components/ui/into-view.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import type { DryRun } from "#lib/shared/inbox-types.ts";
import { parseJson } from "./parse-json.ts";

function bodyOf(text: string) {
  const parsed = parseJson(text);
  return "value" in parsed ? parsed.value : text;
}

/** What the failed step would send, answered by an echo: nothing left, nothing changed. */
export function DryRunView({ result }: { result: DryRun }) {
  return (
    <section ref={intoView} aria-label="Dry run" className="mt-4 rounded-md border">
      <h3 className="flex items-center gap-2 border-b bg-subtle px-3 py-1.5 font-medium text-sm">
        <FlaskConical aria-hidden className="size-3.5 text-fg-subtle" />
        Dry run: nothing left this machine, nothing changed
      </h3>
      <div className="flex flex-col gap-3 px-3 py-2.5">
        {result.requests.length === 0 ? <p className="text-fg-muted">The step would send nothing.</p> : null}
        {result.requests.map((request, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the n-th request has no other identity and never moves
          <div key={index}>
            <p className="wrap-anywhere font-mono text-sm">
              <Badge className="mr-2">{request.method}</Badge>
              {request.url}
            </p>
            {request.body === null ? null : <JsonView value={bodyOf(request.body)} label="request body" className="mt-1.5" />}
          </div>
        ))}
        {result.error ? (
          <p className="text-failed">
            It would fail: {result.error.message} <span className="font-mono text-sm">{result.error.code}</span>
          </p>
        ) : (
          <p className="text-fg-muted">Given an answer of 200 it would go on{result.port ? ` by its port “${result.port}”` : ""}.</p>
        )}
      </div>
    </section>
  );
}
