/** Something that is accepted and kept, and that nothing acts on in this release. */
export interface Idle {
  /** Its path in the document. */
  setting: string;
  consequence: string;
  /** Where this is found in what runs, the entry is out of date: a test looks for it. */
  sign: RegExp;
}

/** Of workflow documents. */
export const idleSettings: readonly Idle[] = [];

/** Where such settings would be acted on. */
export const actingFolders: readonly string[] = ["lib/engine", "lib/runtime", "lib/alerts"];

/** Variables that are checked at the start and read by nothing after it, each with the sign of somebody reading it. */
export const idleVariables: Readonly<Record<string, RegExp>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: /otlpEndpoint/,
};
