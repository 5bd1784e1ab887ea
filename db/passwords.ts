import { hash, verify } from '@node-rs/argon2'

// OWASP's first choice for argon2id, which is the package's default algorithm.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A password as it is kept: argon2id, in PHC form. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost)

let decoy: Promise<string> | null = null

/** Whether the password fits. Without a hash (unknown or passwordless user) it takes just as long and says no. */
export async function passwordFits(password: string, stored: string | null): Promise<boolean> {
  // Waited for in both cases: the very first question takes no longer for an unknown user either.
  const other = await (decoy ??= hashPassword('nobody has this one'))
  const fits = await verify(stored ?? other, password)
  return stored !== null && fits
}
