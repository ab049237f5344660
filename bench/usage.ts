import { readFileSync } from "node:fs";
import { processTree, statOf } from "./processes.ts";

export interface Usage {
  cpuMs: number;
  rssMb: number;
}

const tickMs = 10;

/** CPU time and memory of a process and everything below it, from /proc. Of PostgreSQL's backends only what is their own counts. */
export function usageOf(rootPid: number): Usage {
  const usage: Usage = { cpuMs: 0, rssMb: 0 };
  for (const pid of processTree(rootPid)) {
    const stat = statOf(pid);
    // utime, stime, and those of children that have ended
    usage.cpuMs += [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field] ?? 0), 0) * tickMs;
    usage.rssMb += ownMemoryMb(pid);
  }
  return usage;
}

function ownMemoryMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const isPostgres = /^Name:\s+postgres/m.test(status);
    const kb = new RegExp(`${isPostgres ? "RssAnon" : "VmRSS"}:\\s+(\\d+)`).exec(status)?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0; // it has ended meanwhile
  }
}
