import { type CompiledCel, compileCel } from "./compile.ts";
import { ExpressionError } from "./error.ts";
import { asText } from "./functions/text.ts";
import { bounded, type Compiled, type Frame } from "./value.ts";

/** One `{{ … }}` of a template: its CEL, and where that starts in the template. */
export interface Hole {
  source: string;
  offset: number;
}

export const maxTemplateLength = 200_000;
const maxHoles = 500;

/** Splits a template into fixed texts and holes. Throws ExpressionError for an unclosed hole. */
export function splitTemplate(template: string): (string | Hole)[] {
  if (template.length > maxTemplateLength) {
    throw new ExpressionError("limit", `a text with expressions may be ${maxTemplateLength} characters long at most`, {
      position: maxTemplateLength,
    });
  }
  const parts: (string | Hole)[] = [];
  let from = 0;
  for (let open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", from)) {
    if (open > from) parts.push(template.slice(from, open));
    const close = endOfHole(template, open + 2);
    if (close < 0) throw new ExpressionError("syntax", "{{ is not closed by }}", { source: template, position: open });
    parts.push({ source: template.slice(open + 2, close), offset: open + 2 });
    if (parts.length > maxHoles) throw new ExpressionError("limit", `a text may hold ${maxHoles} expressions at most`, { position: open });
    from = close + 2;
  }
  if (from < template.length) parts.push(template.slice(from));
  return parts;
}

/** Where the `}}` of a hole starts; braces of objects and of texts inside do not count. -1 when there is none. */
function endOfHole(template: string, start: number): number {
  let depth = 0;
  for (let i = start; i < template.length; i += 1) {
    const char = template[i];
    if (char === '"' || char === "'") {
      i = endOfText(template, i);
    } else if (char === "{") {
      depth += 1;
    } else if (char === "}") {
      if (depth > 0) depth -= 1;
      else if (template[i + 1] === "}") return i;
    }
  }
  return -1;
}

/** The index of the quote that ends the text starting at `start`; the end of the template when it is not closed. */
function endOfText(template: string, start: number): number {
  const quote = template[start];
  for (let i = start + 1; i < template.length; i += 1) {
    if (template[i] === "\\") i += 1;
    else if (template[i] === quote) return i;
  }
  return template.length;
}

export interface CompiledTemplate {
  run: Compiled;
  holes: { offset: number; cel: CompiledCel }[];
}

/** Compiles a template. One that is exactly one hole keeps the type of its value; any other makes text. */
export function compileTemplate(template: string): CompiledTemplate {
  const parts = splitTemplate(template);
  const holes: CompiledTemplate["holes"] = [];
  const compiled = parts.map((part) => {
    if (typeof part === "string") return part;
    const cel = locate(template, part.offset, () => compileCel(part.source));
    holes.push({ offset: part.offset, cel });
    return { cel, offset: part.offset };
  });
  const [only] = compiled;
  if (compiled.length === 1 && only !== undefined && typeof only !== "string") {
    return { run: (frame) => locate(template, only.offset, () => only.cel.run(frame)), holes };
  }
  return { run: (frame) => interpolate(template, compiled, frame), holes };
}

function interpolate(template: string, parts: (string | { cel: CompiledCel; offset: number })[], frame: Frame): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : locate(template, part.offset, () => asText(part.cel.run(frame)));
  return bounded(text);
}

/** Does something for the hole at `offset`; the position of its error is told within the whole template. */
function locate<T>(template: string, offset: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(error.code, error.message, { source: template, position: offset + (error.position ?? 0), cause: error });
  }
}
