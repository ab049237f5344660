"use client";

import { GitCompare } from "lucide-react";
import { parseAsInteger, useQueryState } from "nuqs";
import { AttemptList } from "#components/ui/attempt-list.tsx";
import { Button } from "#components/ui/button.tsx";
import type { AttemptView } from "#lib/shared/api-types.ts";
import { CompareAttempts, useAttemptPair } from "./compare-attempts.tsx";

/** Every try of the step, or two of them side by side. */
export function AttemptsTab({ attempts }: { attempts: readonly AttemptView[] }) {
  const [attempt, setAttempt] = useQueryState("attempt", parseAsInteger);
  const { pair, open, choose, close } = useAttemptPair(attempts);
  return (
    <div className="flex flex-col gap-3">
      {attempts.length > 1 ? (
        <Button
          size="sm"
          variant="ghost"
          className="self-start"
          icon={<GitCompare aria-hidden />}
          aria-pressed={pair !== null}
          onClick={pair === null ? open : close}
        >
          {pair === null ? "Compare two attempts" : "Back to all attempts"}
        </Button>
      ) : null}
      {pair === null ? (
        <AttemptList
          attempts={attempts}
          open={attempt ?? attempts.at(-1)?.no ?? null}
          // 0: none is open. Null would open the last one again.
          onOpenChange={(no) => void setAttempt(no ?? 0)}
        />
      ) : (
        <CompareAttempts attempts={attempts} pair={pair} onChoose={choose} />
      )}
    </div>
  );
}
