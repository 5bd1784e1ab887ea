import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Seals what we must be able to read again, such as the password of a mail server; what we only compare is hashed. */
export interface Secrets {
  /** @param purpose what it is for: sealed for one thing, it opens for no other */
  seal(text: string, purpose: string): string
  /** Null where it was changed, is for something else, or was sealed with another key. */
  open(sealed: string, purpose: string): string | null
}

const keyBytes = 32
const ivBytes = 12
const tagBytes = 16
const version = 'v1'
const fileName = 'secret.key'

/** AES-256-GCM with a nonce of its own for each secret. */
export function createSecrets(key: Buffer): Secrets {
  if (key.length !== keyBytes) throw new Error(`The key of secrets must have ${keyBytes} bytes`)
  return {
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
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag)
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
        return text.toString('utf8')
      } catch {
        // The tag does not fit: node tells no more, and there is no more to tell.
        return null
      }
    }
  }
}

/**
 * The secrets of an installation, by the key that was given, else by the file `secret.key` of its data folder, which is
 * made once and which nobody but its owner may read.
 * @param given 64 hexadecimal digits, as `SECRET_KEY` has them
 */
export async function openSecrets(dataDir: string, given: string | undefined): Promise<Secrets> {
  if (given !== undefined) return createSecrets(Buffer.from(given, 'hex'))
  const file = path.join(dataDir, fileName)
  const hex = (await keyIn(file)) ?? (await makeKey(file))
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error(`${file} holds no key: it must be 64 hexadecimal digits`)
  return createSecrets(Buffer.from(hex, 'hex'))
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
  const made = `${file}.${process.pid}`
  await writeFile(made, randomBytes(keyBytes).toString('hex'), { mode: 0o600 })
  await link(made, file).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await rm(made)
  return (await readFile(file, 'utf8')).trim()
}
