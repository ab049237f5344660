/** A link to the test that proves what the text before it says. */
export interface Proof {
  /** As written, relative to the page. */
  file: string;
  /** The test's name; the names of its groups before it. */
  names: string[];
}

const proofLink = /\[([^\]]+)\]\(([^)\s]+\.(?:test|spec)\.tsx?)\)/g;
const link = /\]\(([^)\s]+)\)/g;
const fence = /^```[\s\S]*?^```/gm;
const ourPath = /`((?:app|bench|bin|components|docs|e2e|lib|prisma)\/[\w./()[\]-]*)`/g;

/** The proofs of a page: links to test files, their text being the name of a test, after its groups and ` › `. */
export function proofsOf(markdown: string): Proof[] {
  return [...markdown.matchAll(proofLink)].map(([, text = "", file = ""]) => ({ file, names: text.split(" › ") }));
}

/** The names that the source of a test file gives to none of its tests and groups. */
export function missingNames(names: readonly string[], source: string): string[] {
  return names.filter((name) => !new RegExp(`\\(\\s*(["'\`])${escaped(name)}\\1`).test(source));
}

/** Where a page points to within the repository: the targets of its links, without those to other sites. */
export function linksOf(markdown: string): string[] {
  return [...markdown.replaceAll(fence, "").matchAll(link)].map(([, target = ""]) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** The files and folders of the repository that a page names as code. */
export function pathsOf(markdown: string): string[] {
  return [...markdown.replaceAll(fence, "").matchAll(ourPath)].map(([, path = ""]) => path);
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = [...markdown.replaceAll(fence, "").matchAll(/^#+ +(.+?) *$/gm)].map(([, text = ""]) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
