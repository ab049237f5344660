import type { AlertKind } from "#lib/shared/alert-types.ts";

/** What is told of one issue. Nothing of a payload: titles and runbooks were masked when they were stored. */
export interface IssueFacts {
  kind: AlertKind;
  issueId: string;
  type: string;
  title: string;
  workflowName: string | null;
  stepName: string | null;
  count: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** The note of its step: what whoever is woken should know. */
  runbook: string;
  ruleName: string;
}

/** A message as every kind of channel renders it in its own way. */
export interface Message {
  id: string;
  at: Date;
  subject: string;
  /** The issues that are told of in full. */
  issues: readonly IssueFacts[];
  /** How many more there are. */
  more: number;
  /** Only somebody trying the channel. */
  test: boolean;
  /** The instance's own address, without a trailing slash. */
  baseUrl: string;
}

/** Of a storm so many are told of in full. */
export const toldInFull = 10;
const maxTitle = 300;
const maxRunbook = 1_500;
const maxSubject = 200;

const heads: Record<AlertKind, string> = {
  opened: "New issue",
  regressed: "It is back",
  escalating: "It gets worse",
  unsnoozed: "Its snooze has ended",
};

/** Puts a message together: `facts` of the issues that are told of in full, `total` with those that are only counted. */
export function composeMessage(given: {
  id: string;
  at: Date;
  facts: readonly IssueFacts[];
  total: number;
  baseUrl: string;
  test?: boolean;
}): Message {
  const { id, at, total, baseUrl, test = false } = given;
  const issues = given.facts.slice(0, toldInFull).map(cleaned);
  const plain = summaryOf(issues, total);
  return { id, at, issues, more: total - issues.length, test, baseUrl, subject: cut(test ? `Test: ${plain}` : plain, maxSubject) };
}

function summaryOf([first]: readonly IssueFacts[], total: number): string {
  if (first === undefined) return "Issues in the inbox";
  return total === 1 ? headline(first) : `${total} issues: ${first.title}, and ${total - 1} more`;
}

/** One issue is told of once in a message, however many rules speak of it. */
export function tellOnce<Told extends { issueId: string; kind: string }>(alerts: readonly Told[]): Told[] {
  const seen = new Set<string>();
  return alerts.filter(({ issueId, kind }) => !seen.has(`${issueId} ${kind}`) && seen.add(`${issueId} ${kind}`));
}

/** `New issue: PUT api.example.com answered 404`. */
export function headline(facts: Pick<IssueFacts, "kind" | "title">): string {
  return `${heads[facts.kind]}: ${facts.title}`;
}

/** Where it happened, or null when it is of no workflow. */
export function placeOf({ workflowName, stepName }: IssueFacts): string | null {
  if (workflowName === null) return null;
  return stepName === null ? workflowName : `${workflowName} › ${stepName}`;
}

/** How often and when. */
export function timesOf({ count, firstSeenAt, lastSeenAt }: IssueFacts): string {
  const last = count === 1 ? "" : `, last ${inUtc(lastSeenAt)}`;
  return `${count === 1 ? "Once" : `${count} times`}, first ${inUtc(firstSeenAt)}${last}`;
}

/** The page of an issue in the inbox. */
export function linkOf(message: Pick<Message, "baseUrl">, issueId: string): string {
  return `${message.baseUrl}/inbox?tab=all&issue=${issueId}`;
}

/** What comes after the issues that are told of in full; null when that is nothing. */
export function restOf({ more, baseUrl }: Message): string | null {
  return more === 0 ? null : `… and ${more} more ${more === 1 ? "issue" : "issues"}: ${baseUrl}/inbox`;
}

/** The message as plain text: the body of a mail. */
export function toText(message: Message): string {
  const parts = message.issues.map((facts) => {
    const place = placeOf(facts);
    return [
      headline(facts),
      ...(place === null ? [] : [`Where: ${place}`]),
      `Seen: ${timesOf(facts)}`,
      ...(facts.runbook === "" ? [] : [`Runbook: ${facts.runbook}`]),
      linkOf(message, facts.issueId),
      `Told by the rule "${facts.ruleName}"`,
    ].join("\n");
  });
  const rest = restOf(message);
  const opening = message.test ? ["This is a test: somebody tries whether alerts arrive here. Nothing has failed."] : [];
  return [...opening, ...parts, ...(rest === null ? [] : [rest]), `Who is told of what: ${message.baseUrl}/alerts`].join("\n\n");
}

function inUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function cleaned(facts: IssueFacts): IssueFacts {
  return {
    ...facts,
    title: oneLine(facts.title, maxTitle),
    workflowName: facts.workflowName === null ? null : oneLine(facts.workflowName, maxSubject),
    stepName: facts.stepName === null ? null : oneLine(facts.stepName, maxSubject),
    ruleName: oneLine(facts.ruleName, maxSubject),
    runbook: cut(withoutControls(facts.runbook).trim(), maxRunbook),
  };
}

/** No text of ours may start a new line or header where it is put, or steer a terminal. */
function oneLine(text: string, max: number): string {
  return cut(withoutControls(text).replaceAll(/\s+/g, " ").trim(), max);
}

function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => (character === "\n" || character === "\t" ? character : " "));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
