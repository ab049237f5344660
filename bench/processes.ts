import { readdirSync, readFileSync } from "node:fs";

/** Running processes whose command line satisfies a test. Empty where there is no /proc. */
export function findProcesses(matches: (commandLine: string, pid: number) => boolean): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => matches(commandLineOf(pid), pid));
}

/** A process and all below it. */
export function processTree(rootPid: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of findProcesses(() => true)) parents.set(pid, parentOf(pid));
  const pids = [rootPid];
  for (const pid of pids) for (const [child, parent] of parents) if (parent === pid) pids.push(child);
  return pids;
}

export function commandLineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** The fields of /proc/<pid>/stat from the third on (proc(5)): state, parent, …; empty when the process has ended. */
export function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}
