import { runBench } from "../../bench/run.ts";
import { type Command, type CommandInput, printResult, stringFlag } from "../command.ts";

export const command: Command = {
  summary: "Measure this machine: workload W1 through a whole instance, next to bare Node",
  usage: ["[--seconds 8] [--connections 1,16,64]"],
  options: { seconds: { type: "string" }, connections: { type: "string" } },
  async run(input: CommandInput) {
    const seconds = Number(stringFlag(input, "seconds") ?? 8);
    const connections = (stringFlag(input, "connections") ?? "1,16,64").split(",").map(Number);
    const report = await runBench({ seconds, connections, log: (line) => process.stderr.write(`${line}\n`) });
    printResult(input, report.rows, report.table);
    return report.rows.every((row) => row.failed === 0) ? 0 : 1;
  },
};
