import * as z from "zod";
import { arrivalsSchema } from "./arrivals.ts";
import { attributesSchema } from "./attributes.ts";
import { policySchema } from "./policy.ts";

/** Node and edge ids: stable within a document, and usable as names in expressions (`steps.n1.output`). */
export const elementIdSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "1–64 letters, digits and _, not starting with a digit");

export const nodeSchema = z.strictObject({
  id: elementIdSchema,
  type: z.string().min(1).max(64),
  typeVersion: z.int().min(1).default(1),
  name: z.string().min(1).max(120),
  position: z.strictObject({ x: z.number(), y: z.number() }).default({ x: 0, y: 0 }),
  config: z.record(z.string(), z.json()).default({}),
  policy: policySchema.default({}),
  connectionId: z.uuid().nullable().default(null),
  disabled: z.boolean().default(false),
  critical: z.boolean().default(true),
  notes: z.string().max(20_000).default(""),
});

export const edgeSchema = z.strictObject({
  id: elementIdSchema,
  source: elementIdSchema,
  sourcePort: z.string().min(1).max(64).default("out"),
  target: elementIdSchema,
});

export const noteColours = ["grey", "yellow", "green", "blue", "pink"] as const;
export type NoteColour = (typeof noteColours)[number];

/** A note for people beside the steps. Runs do not see it. */
export const stickyNoteSchema = z.strictObject({
  id: elementIdSchema,
  text: z.string().max(5_000),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  width: z.number().min(80).max(2_000),
  height: z.number().min(60).max(2_000),
  colour: z.enum(noteColours),
});
export type StickyNote = z.infer<typeof stickyNoteSchema>;

export const settingsSchema = z.strictObject({
  concurrency: z.int().min(1).nullable().default(null),
  /** A template over `trigger`: runs with the same key go one after another, in order of receipt. */
  orderBy: z.string().min(1).max(2_000).nullable().default(null),
  /** What an open dead letter of an ordered run does to those behind it. */
  onDeadLetter: z.enum(["block", "skip"]).default("block"),
  runDeadlineMs: z.int().min(1_000).max(34_560_000_000).default(2_592_000_000),
  history: z.enum(["full", "failures", "none"]).default("full"),
  onFailure: z.enum(["stop", "continue"]).default("stop"),
  /** Whose calls go first where they wait for a limit. */
  priority: z.enum(["high", "normal", "low"]).optional(),
  /** By what runs are found. */
  attributes: attributesSchema.optional(),
  /** What becomes of events that come fast. Absent rather than empty, so that a document without is the text it always was. */
  arrivals: arrivalsSchema.optional(),
});

/** What a step gives in tests instead of running. */
const pinSchema = z.strictObject({ output: z.json(), port: z.string().min(1).max(64).default("out") });
export type Pin = z.infer<typeof pinSchema>;
export const pinsSchema = z.record(elementIdSchema, pinSchema);
export type Pins = z.infer<typeof pinsSchema>;

/** Counted from 0, as `index` does. */
export const testedItemsSchema = z.record(elementIdSchema, z.int().min(0).max(9_999));
export type TestedItems = z.infer<typeof testedItemsSchema>;

/** What tests do otherwise. Live runs do not look at it. */
const testingSchema = z.strictObject({
  /** By the id of the node. */
  pins: pinsSchema.optional(),
  /** A test runs only what this node needs, and the node; set with the run, never in a draft. */
  until: elementIdSchema.optional(),
  /** Of loops, by the ids of their nodes, the one item a test goes through; set with the run, never in a draft. */
  items: testedItemsSchema.optional(),
});

/** The workflow document, schemaVersion 1 (contract.md). */
export const documentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  nodes: z.array(nodeSchema).max(500),
  edges: z.array(edgeSchema).max(2_000),
  settings: settingsSchema.default(settingsSchema.parse({})),
  /** Absent rather than empty, so that a document without notes is the text it always was. */
  stickyNotes: z.array(stickyNoteSchema).max(100).optional(),
  testing: testingSchema.optional(),
});

export type WorkflowNode = z.infer<typeof nodeSchema>;
export type WorkflowEdge = z.infer<typeof edgeSchema>;
export type WorkflowDocument = z.infer<typeof documentSchema>;

export const emptyDocument: WorkflowDocument = documentSchema.parse({ schemaVersion: 1, nodes: [], edges: [] });
