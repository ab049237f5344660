import type { StickyNote, WorkflowDocument } from "#lib/graph/document.ts";
import { createIdMaker } from "../element-ids.ts";
import { snap } from "../geometry.ts";
import type { Point } from "./move-nodes.ts";

const usualSize = { width: 240, height: 140 };

/** Adds an empty note. */
export function addNote(document: WorkflowDocument, at: Point): { document: WorkflowDocument; noteId: string } {
  const id = createIdMaker(document)("note");
  const note: StickyNote = { id, text: "", position: { x: snap(at.x), y: snap(at.y) }, ...usualSize, colour: "yellow" };
  return { document: { ...document, stickyNotes: [...(document.stickyNotes ?? []), note] }, noteId: id };
}

/** Changes one note; the same document when nothing changed. */
export function editNote(document: WorkflowDocument, noteId: string, change: Partial<Omit<StickyNote, "id">>): WorkflowDocument {
  const note = document.stickyNotes?.find(({ id }) => id === noteId);
  if (note === undefined) return document;
  const next = { ...note, ...change };
  if (JSON.stringify(next) === JSON.stringify(note)) return document;
  return { ...document, stickyNotes: document.stickyNotes?.map((other) => (other === note ? next : other)) };
}

/** Deletes a note. With the last one the list goes too. */
export function deleteNote(document: WorkflowDocument, noteId: string): WorkflowDocument {
  const rest = document.stickyNotes?.filter(({ id }) => id !== noteId) ?? [];
  if (rest.length === document.stickyNotes?.length) return document;
  const { stickyNotes: _gone, ...without } = document;
  return rest.length === 0 ? without : { ...document, stickyNotes: rest };
}

/** Puts notes at new places, as a drag left them. */
export function placeNotes(document: WorkflowDocument, positions: ReadonlyMap<string, Point>): WorkflowDocument {
  return [...positions].reduce((current, [id, position]) => editNote(current, id, { position }), document);
}
