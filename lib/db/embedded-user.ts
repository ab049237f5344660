import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The system user PostgreSQL runs as when we are root: it refuses to run as root itself. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

const userName = "sluice-postgres";
const home = "/var/lib/sluice-postgres";

async function lookUp(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", userName]), run("id", ["-g", userName])]);
    return { name: userName, uid: Number(uid.stdout), gid: Number(gid.stdout), home };
  } catch {
    return null;
  }
}

async function create(): Promise<void> {
  const attempts: [string, string[]][] = [
    ["useradd", ["--system", "--user-group", "--home-dir", home, "--create-home", "--shell", "/usr/sbin/nologin", userName]],
    ["adduser", ["-S", "-D", "-h", home, "-s", "/sbin/nologin", userName]],
  ];
  for (const [command, args] of attempts) {
    await run(command, args).catch(() => undefined);
    if (await lookUp()) return;
  }
}

/** Finds or creates the system user; null when we are not root and PostgreSQL simply runs as who we are. */
export async function ensureSystemUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await lookUp();
  if (known) return known;
  await create();
  const created = await lookUp();
  if (created) return created;
  throw new Error(
    `cannot create the system user ${userName} for the embedded PostgreSQL: create it by hand, do not start as root, or set DATABASE_URL`,
  );
}

/** Whether the user can reach and use a path. Asked of the system itself, as that user, so that ACLs and mounts count too. */
export async function canReach(user: SystemUser, path: string, mode: "execute" | "write"): Promise<boolean> {
  try {
    await run("/bin/sh", ["-c", mode === "write" ? 'test -w "$0" && test -x "$0"' : 'test -r "$0" && test -x "$0"', path], {
      uid: user.uid,
      gid: user.gid,
      cwd: "/",
    });
    return true;
  } catch {
    return false;
  }
}
