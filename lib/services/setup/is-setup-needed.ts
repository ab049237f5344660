import type { Db } from "#lib/db/db.ts";

/** Whether the instance has no account yet. Open to everybody: the sign-in page must know. */
export async function isSetupNeeded({ db }: { db: Db }): Promise<boolean> {
  return (await db.prisma.member.findFirst({ select: { userId: true } })) === null;
}
