import { CircleCheck, CircleDashed, CirclePause, CircleX, Hourglass } from "lucide-react";
import type { StatusLook } from "#components/ui/status.ts";
import type { PollStatus } from "#lib/shared/api-types.ts";

/** How a poll trigger fares, at a glance. */
export function lookOfPoll(poll: PollStatus): StatusLook {
  if (poll.nextPollAt === null)
    return { label: "Not polling", meaning: "The workflow is paused. It goes on from where it was.", icon: CirclePause, tone: "canceled" };
  if (poll.failures > 0) {
    const times = poll.failures === 1 ? "once" : `${poll.failures} times in a row`;
    return { label: "Failing", meaning: `The last poll failed, ${times}. It is tried again by itself.`, icon: CircleX, tone: "failed" };
  }
  if (poll.lastError !== null)
    return { label: "Put off", meaning: "It is not to be asked just now. It is tried again by itself.", icon: Hourglass, tone: "waiting" };
  if (poll.lastPolledAt === null)
    return { label: "Not polled yet", meaning: "The first poll comes within seconds.", icon: CircleDashed, tone: "queued" };
  return { label: "Polling", meaning: "The last poll read the list to its end.", icon: CircleCheck, tone: "succeeded" };
}
