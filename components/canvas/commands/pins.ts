import type { Pin, Pins, WorkflowDocument } from "#lib/graph/document.ts";

/** What a node gives in tests, if it is pinned. */
export function pinOf(document: WorkflowDocument, nodeId: string): Pin | undefined {
  const pins = document.testing?.pins;
  return pins !== undefined && Object.hasOwn(pins, nodeId) ? pins[nodeId] : undefined;
}

/** Pins what a node gives in tests; undefined takes the pin out. */
export function setPin(document: WorkflowDocument, nodeId: string, pin: Pin | undefined): WorkflowDocument {
  const { [nodeId]: previous, ...others } = document.testing?.pins ?? {};
  if (pin === undefined && previous === undefined) return document;
  return withPins(document, pin === undefined ? others : { ...others, [nodeId]: pin });
}

// Without pins the document is the text it always was.
function withPins({ testing: _testing, ...rest }: WorkflowDocument, pins: Pins): WorkflowDocument {
  return Object.keys(pins).length === 0 ? rest : { ...rest, testing: { pins } };
}
