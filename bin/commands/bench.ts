import { benchLists, toListTable } from "../../bench/lists.ts";
import { runBench } from "../../bench/run.ts";
import { type Command, type CommandInput, printResult, stringFlag } from "../command.ts";

export const command: Command = {
  summary: "Measure this machine: workload W1 through a whole instance, next to bare Node",
  usage: ["[--seconds 8] [--connections 1,16,64]", "--lists [--runs 1000000]   how fast the lists of a large instance answer"],
  options: { seconds: { type: "string" }, connections: { type: "string" }, lists: { type: "boolean" }, runs: { type: "string" } },
  async run(input: CommandInput) {
    if (input.flags.lists === true) {
      const rows = await benchLists(Number(stringFlag(input, "runs") ?? 1_000_000), (line) => process.stderr.write(`${line}\n`));
      printResult(input, rows, toListTable(rows));
      return rows.every((row) => row.ms <= row.limitMs) ? 0 : 1;
    }
    const seconds = Number(stringFlag(input, "seconds") ?? 8);
    const connections = (stringFlag(input, "connections") ?? "1,16,64").split(",").map(Number);
    const report = await runBench({ seconds, connections, log: (line) => process.stderr.write(`${line}\n`) });
    printResult(input, report.rows, report.table);
    return report.rows.every((row) => row.failed === 0) ? 0 : 1;
  },
};
