import { type HealthKind, isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";

type Subject = Pick<IssueSummary, "type" | "title" | "workflowId" | "workflowName" | "nodeId" | "nodeName" | "connection">;

export interface ItemlessWords {
  wrong: string;
  meaning: string;
  end: string;
  links: { label: string; href: string }[];
}

type Kind = HealthKind | "trigger_rejected" | "connection_auth";

/** What is said of an issue that is about no items, in plain words. */
export function itemlessWords(issue: Subject): ItemlessWords {
  const kind: Kind | null =
    isHealthKind(issue.type) || issue.type === "trigger_rejected" || issue.type === "connection_auth" ? issue.type : null;
  if (kind === null)
    return { wrong: issue.title, meaning: "Nothing is known of that.", end: "Resolve it when it is dealt with.", links: [] };
  return words[kind](issue);
}

const words: Record<Kind, (issue: Subject) => ItemlessWords> = {
  breaker_open: (issue) => ({
    wrong: `So many calls ${through(issue)} failed that its breaker opened: the remote is left alone, and only tried now and then.`,
    meaning:
      "Steps that would call it wait. They use up no attempt, and go on by themselves once it answers; past their own deadline they fail.",
    end: "The breaker closes when a few trial calls succeed. Five minutes after that this resolves itself.",
    links: [...placeLinks(issue), waitingRuns(issue)],
  }),
  throttle_backlog: (issue) => ({
    wrong: `More calls ${through(issue)} come than its limit lets through, or the remote has asked for a pause: the oldest has waited for more than ten minutes.`,
    meaning: "They wait their turn and none is lost. A step whose deadline comes first fails.",
    end: "When nobody waits that long any more. Five minutes after that this resolves itself. Raise the limit if the remote allows more.",
    links: [...placeLinks(issue), waitingRuns(issue)],
  }),
  retry_budget_exhausted: (issue) => ({
    wrong: `So many calls ${through(issue)} fail that their retries would be most of what the remote gets. They are let through at a slow pace.`,
    meaning:
      "Runs take longer: a retry waits more than a minute for its turn. First attempts go as ever. A step whose deadline comes first fails.",
    end: "When the calls succeed again, and the retries are done. Five minutes after that this resolves itself.",
    links: [...placeLinks(issue), waitingRuns(issue)],
  }),
  missed_schedule: (issue) => ({
    wrong:
      "A time of the schedule has passed and no run was started for it: nobody worked then, and late starts are not made up for, or it cannot be started.",
    meaning: "What those runs would have done was not done. Start one by hand if it is needed.",
    end: "When the next time is kept, or the schedule is switched off. Five minutes after that this resolves itself.",
    links: [...placeLinks(issue), { label: "See its runs", href: runs({ workflow: issue.workflowId ?? "" }) }],
  }),
  queue_latency: () => ({
    wrong:
      "Runs that nothing holds back have been due for more than ten minutes, and no worker has taken them: all are busy or stuck, or too few.",
    meaning: "Everything starts late. Nothing is lost: events are stored before they are acknowledged.",
    end: "When workers catch up. Start more of them, or find out what keeps them busy. Five minutes after that this resolves itself.",
    links: [{ label: "See queued runs", href: runs({ status: "queued" }) }],
  }),
  worker_lost: () => ({
    wrong:
      "A worker process ended without saying so, or was silent for half a minute: killed, out of memory, or cut off from the database.",
    meaning: "Its runs went on with others. A call of unknown outcome that must not be repeated is in the inbox as an item of its own.",
    end: "Half an hour without another one. If it keeps happening, look at the logs and the memory of the machine.",
    links: [{ label: "See unfinished runs", href: runs({ status: "running" }) }],
  }),
  no_events: (issue) => ({
    wrong: "Its trigger is told to expect an event within a certain time, and none has come.",
    meaning: "Nothing runs. The sender may be down, may have lost the address, or may be refused.",
    end: "The next event that is taken. A minute after that this resolves itself.",
    links: [{ label: "See deliveries", href: `/workflows/${issue.workflowId}/deliveries` }, ...placeLinks(issue)],
  }),
  trigger_rejected: (issue) => ({
    wrong: "Deliveries to the trigger are refused. What came, why it was refused and what to do about it is on its deliveries.",
    meaning: "No run starts for what is refused, and no item is kept of it: the sender has to send it again.",
    end: "Once deliveries are taken again, this resolves itself.",
    links: [{ label: "See refused deliveries", href: `/workflows/${issue.workflowId}/deliveries?outcome=rejected` }, ...placeLinks(issue)],
  }),
  connection_auth: (issue) => ({
    wrong: "The remote refuses the credential of the connection.",
    meaning: "Nothing has failed for good: the steps that use the connection wait, past their own deadline if need be.",
    end: "They go on by themselves, and this resolves itself, once its credential is replaced or a test of it succeeds.",
    links: [connectionLink(issue) ?? { label: "Go to the connections", href: "/connections" }],
  }),
};

function through({ connection, nodeName, workflowName }: Subject): string {
  return connection ? `through ${connection.name}` : `of the step ${nodeName ?? ""} of ${workflowName ?? "a workflow"}`;
}

function connectionLink({ connection }: Subject): { label: string; href: string } | null {
  return connection && { label: "Open the connection", href: `/connections?${new URLSearchParams({ connection: connection.id })}` };
}

function placeLinks(issue: Subject): { label: string; href: string }[] {
  const connection = connectionLink(issue);
  if (connection) return [connection];
  if (issue.workflowId === null) return [];
  const node = issue.nodeId === null ? "" : `?${new URLSearchParams({ node: issue.nodeId })}`;
  return [{ label: "Open the step", href: `/workflows/${issue.workflowId}${node}` }];
}

function waitingRuns({ workflowId }: Subject): { label: string; href: string } {
  return { label: "See waiting runs", href: runs({ status: "waiting", ...(workflowId === null ? {} : { workflow: workflowId }) }) };
}

function runs(filter: Record<string, string>): string {
  return `/runs?${new URLSearchParams(filter)}`;
}
