import { z } from "zod";

/** The part of Stryker's report (its JSON reporter) that scores are made of. */
export const reportSchema = z.object({
  files: z.record(z.string(), z.object({ mutants: z.array(z.object({ status: z.string() })) })),
});

export interface FileScore {
  file: string;
  /** Changes that a test noticed, or that made the code go on forever. */
  noticed: number;
  /** Changes that no test noticed. */
  missed: number;
  /** Percent; of a file in which nothing could be changed 100. */
  score: number;
}

const noticed: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const missed: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

/** The score of each file, the lowest first. Mutants that were ignored or could not run count as neither. */
export function scoresOf({ files }: z.infer<typeof reportSchema>): FileScore[] {
  return Object.entries(files)
    .map(([file, { mutants }]) => {
      const count = (of: ReadonlySet<string>) => mutants.filter(({ status }) => of.has(status)).length;
      return scored(file, count(noticed), count(missed));
    })
    .sort((a, b) => a.score - b.score || a.file.localeCompare(b.file));
}

/** The scores as a Markdown table that ends with all files together; those below `least` are marked. */
export function tableOf(scores: readonly FileScore[], least: number): string {
  const total = scored(
    "all",
    scores.reduce((sum, each) => sum + each.noticed, 0),
    scores.reduce((sum, each) => sum + each.missed, 0),
  );
  const rows = [...scores, total].map(({ file, score, noticed, missed }) => {
    const mark = score < least ? ` (below ${least})` : "";
    return `| ${file} | ${noticed + missed} | ${missed} | ${score.toFixed(1)}${mark} |`;
  });
  return ["| File | Changes | Missed | Score, % |", "|---|---:|---:|---:|", ...rows].join("\n");
}

function scored(file: string, noticed: number, missed: number): FileScore {
  const all = noticed + missed;
  return { file, noticed, missed, score: all === 0 ? 100 : (100 * noticed) / all };
}
