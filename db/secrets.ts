import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Seals what we must be able to read again, such as the password of a mail server; what we only compare is hashed. */
export interface Secrets {
  /** @param purpose what it is for: sealed for one thing, it opens for no other */
  seal(text: string, purpose: string): string
  /** Null where it was changed, is for something else, or was sealed with another key. */
  open(sealed: string, purpose: string): string | null
  /**
   * Keys of 32 bytes for one purpose alone, the same each time: the first to seal with, the others are of keys that were
   * used before.
   */
  keys(purpose: string): readonly [Buffer, ...Buffer[]]
}

const keyBytes = 32
const ivBytes = 12
const tagBytes = 16
const version = 'v1'
const fileName = 'secret.key'

/**
 * AES-256-GCM with a nonce of its own for each secret.
 * @param before keys that were used before: they open, and seal nothing
 */
export function createSecrets(key: Buffer, ...before: readonly Buffer[]): Secrets {
  if ([key, ...before].some(({ length }) => length !== keyBytes))
    throw new Error(`The key of secrets must have ${keyBytes} bytes`)
  const derived = (from: Buffer, purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', from, Buffer.alloc(0), purpose, keyBytes))
  return {
    keys: (purpose) => [derived(key, purpose), ...before.map((each) => derived(each, purpose))],
    seal(text, purpose) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${version}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`
    },
    open(sealed, purpose) {
      const [which, body = ''] = sealed.split('.')
      const bytes = Buffer.from(body, 'base64url')
      if (which !== version || bytes.length < ivBytes + tagBytes) return null
      const iv = bytes.subarray(0, ivBytes)
      const tag = bytes.subarray(ivBytes, ivBytes + tagBytes)
      for (const each of [key, ...before]) {
        const decipher = createDecipheriv('aes-256-gcm', each, iv, { authTagLength: tagBytes })
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag)
        try {
          const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
          return text.toString('utf8')
        } catch {
          // The tag does not fit: node tells no more. Perhaps it was sealed with the key before.
          continue
        }
      }
      return null
    }
  }
}

/**
 * The secrets of an installation, by the key that was given, else by the file `secret.key` of its data folder, which is
 * made once and which nobody but its owner may read. Several keys, with commas or line ends between: the first seals, and
 * all open.
 * @param given 64 hexadecimal digits, as `SECRET_KEY` has them
 */
export async function openSecrets(dataDir: string, given: string | undefined): Promise<Secrets> {
  if (given !== undefined) return secretsOf(given)
  const file = path.join(dataDir, fileName)
  const hex = (await keyIn(file)) ?? (await makeKey(file))
  if (!/^[0-9a-f]{64}([,\s]+[0-9a-f]{64})*$/.test(hex))
    throw new Error(`${file} holds no key: it must be 64 hexadecimal digits`)
  return secretsOf(hex)
}

function secretsOf(hex: string): Secrets {
  const [first = '', ...before] = hex.split(/[,\s]+/)
  return createSecrets(Buffer.from(first, 'hex'), ...before.map((each) => Buffer.from(each, 'hex')))
}

async function keyIn(file: string): Promise<string | null> {
  try {
    const hex = (await readFile(file, 'utf8')).trim()
    await chmod(file, 0o600)
    return hex
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Written beside and linked: a crash leaves no half of a key, and of two who make one the first wins. */
async function makeKey(file: string): Promise<string> {
  // Two of one process may make one as well: each writes under a name of its own.
  const made = `${file}.${process.pid}.${randomUUID()}`
  await writeFile(made, randomBytes(keyBytes).toString('hex'), { mode: 0o600, flag: 'wx' })
  await link(made, file).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await rm(made)
  return (await readFile(file, 'utf8')).trim()
}
