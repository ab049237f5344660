import type { Scenario } from "../../../bin/commands/seed.ts";
import { seedRuns } from "../million.ts";
import { openWorkspace } from "../workspace.ts";

export const scenario: Scenario = {
  summary: "1,000,000 runs of four weeks with 100,000 dead letters, to see that the lists stay fast (takes minutes and 2 GB)",
  async seed({ db, baseUrl }) {
    const ctx = await openWorkspace(db, baseUrl);
    await seedRuns(ctx, 1_000_000, (line) => process.stderr.write(`${line}\n`));
    return { links: [`${baseUrl}/runs`, `${baseUrl}/inbox`] };
  },
};
