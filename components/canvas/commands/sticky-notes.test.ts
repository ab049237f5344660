import { expect, test } from "vitest";
import { documentSchema, emptyDocument } from "#lib/graph/document.ts";
import { addNote, deleteNote, editNote, placeNotes } from "./sticky-notes.ts";

const { document, noteId } = addNote(emptyDocument, { x: 13, y: 47 });

test("a new note lies on the grid, and the document stays valid", () => {
  expect(document.stickyNotes).toMatchObject([{ id: noteId, text: "", position: { x: 20, y: 40 }, colour: "yellow" }]);
  expect(documentSchema.parse(document)).toEqual(document);
});

test("without notes a document is the text it was before there were any", () => {
  expect(deleteNote(document, noteId)).toEqual(emptyDocument);
  expect(JSON.stringify(documentSchema.parse(emptyDocument))).not.toContain("stickyNotes");
});

test("edits that change nothing give the same document, so that they are no entry of undo", () => {
  expect(editNote(document, noteId, { text: "" })).toBe(document);
  expect(editNote(document, "gone", { text: "x" })).toBe(document);
  expect(deleteNote(document, "gone")).toBe(document);
  expect(placeNotes(document, new Map([["step", { x: 1, y: 1 }]]))).toBe(document);
});

test("notes are typed in and moved", () => {
  const moved = placeNotes(editNote(document, noteId, { text: "Ask Ada" }), new Map([[noteId, { x: 100, y: 0 }]]));
  expect(moved.stickyNotes).toMatchObject([{ text: "Ask Ada", position: { x: 100, y: 0 } }]);
});
