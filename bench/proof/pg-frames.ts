/** A message of PostgreSQL's protocol: a type of one letter, a length, a body. The first one of a client has no type. */
export interface Frame {
  type: string;
  raw: Buffer;
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #greeting: boolean;

  /** `greeting`: the first message is a client's, which has no type. */
  constructor({ greeting }: { greeting: boolean }) {
    this.#greeting = greeting;
  }

  read(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const header = this.#greeting ? 0 : 1;
      if (this.#rest.length < header + 4) return frames;
      const length = header + this.#rest.readInt32BE(header);
      if (this.#rest.length < length) return frames;
      const raw = this.#rest.subarray(0, length);
      frames.push({ type: header === 0 ? "" : String.fromCharCode(raw[0] ?? 0), raw });
      this.#rest = this.#rest.subarray(length);
      this.#greeting = false;
    }
  }
}

/** What a client's message is about: the text of a simple query, or the name under which a statement is prepared or run. */
export function subjectOf({ type, raw }: Frame): string | null {
  const text = (from: number) => raw.toString("utf8", from, raw.indexOf(0, from));
  if (type === "Q" || type === "P") return text(5);
  // Bind: the portal's name, then the statement's.
  if (type === "B") return text(raw.indexOf(0, 5) + 1);
  return null;
}

/** An error as the server would send it, and that it is ready for the next query. */
export function errorFrames(state: string, message: string): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0C${state}\0M${message}\0\0`);
  const error = Buffer.alloc(5 + fields.length);
  error.write("E");
  error.writeInt32BE(4 + fields.length, 1);
  fields.copy(error, 5);
  const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  return Buffer.concat([error, ready]);
}
