import { hash, verify } from "@node-rs/argon2";

/** Limits of a password's length, in characters after normalisation. Nothing is ever cut off. */
export const passwordLength = { min: 10, max: 256 } as const;

/** OWASP's minimum for argon2id (the library's default variant): about 30 ms. libuv's four threads bound the memory of many at once. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The same password typed on two systems may arrive composed or decomposed; NFKC makes them one. */
function normalize(password: string): string {
  return password.normalize("NFKC");
}

/** Makes the stored form of a password. */
export async function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), cost);
}

/** Whether a password is the one a stored form was made of. A stored form we cannot read counts as a miss. */
export async function verifyPassword(args: { hash: string; password: string }): Promise<boolean> {
  try {
    return await verify(args.hash, normalize(args.password));
  } catch {
    return false;
  }
}
