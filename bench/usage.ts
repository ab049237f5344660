import { readdirSync, readFileSync } from "node:fs";

export interface Usage {
  cpuMs: number;
  rssMb: number;
}

const tickMs = 10;

/** CPU time and memory of a process and everything below it, from /proc. Of PostgreSQL's backends only what is their own counts, once. */
export function usageOf(rootPid: number): Usage {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : null;
    if (stat) parents.set(Number(entry), Number(stat[1]));
  }
  const pids = [rootPid];
  for (const pid of pids) for (const [child, parent] of parents) if (parent === pid) pids.push(child);
  const usage: Usage = { cpuMs: 0, rssMb: 0 };
  for (const pid of pids) {
    const stat = readStat(pid);
    if (!stat) continue;
    // utime, stime, and those of children that have ended
    usage.cpuMs += [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field]), 0) * tickMs;
    usage.rssMb += ownMemoryMb(pid);
  }
  return usage;
}

function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null; // it has ended meanwhile
  }
}

function ownMemoryMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const isPostgres = /^Name:\s+postgres/m.test(status);
    const kb = new RegExp(`${isPostgres ? "RssAnon" : "VmRSS"}:\\s+(\\d+)`).exec(status)?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}
