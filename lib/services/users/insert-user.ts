import { newId } from "#lib/shared/ids.ts";
import type { Transaction } from "../transaction.ts";

export interface NewUser {
  email: string;
  name: string;
  /** The stored form; make it before the transaction, it takes its time. */
  passwordHash: string;
}

/** Adds a person who can sign in with e-mail and password. The rows are those better-auth reads. */
export async function insertUser(transaction: Transaction, user: NewUser): Promise<string> {
  const id = newId();
  await transaction.authUser.create({ data: { id, name: user.name, email: user.email, emailVerified: false } });
  await transaction.authAccount.create({
    data: { id: newId(), userId: id, accountId: id, providerId: "credential", password: user.passwordHash },
  });
  return id;
}
