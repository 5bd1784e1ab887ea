import { z } from 'zod'

/** The format that this version writes and the newest that it reads. 2: certificates, and earlier takes of prompts. */
export const archiveFormat = 2
export const headName = 'ringtrace.json'
export const manifestName = 'manifest.json'
/** Both are read into memory. */
export const largestJsonBytes = 256 * 1024 ** 2

/**
 * Folders that a backup takes whole. `tls` holds private keys; the file there that Asterisk reads is made of the others at
 * each start.
 */
export const wholeFolders = ['sounds/prompts', 'sounds/prompts/before', 'sounds/music', 'tls'] as const

/** What an archive may hold besides head and manifest. Only what looks like a name of ours becomes a path. */
const tableMember = /^database\/([a-z_][a-z0-9_]{0,62})\.(\d{6})\.copy$/
const fileMembers = [
  /^instance\.json$/,
  /^sounds\/(?:prompts|music)\/[0-9a-f-]{36}\.(?:wav|wav16)$/,
  /^sounds\/prompts\/before\/[0-9a-f-]{36}\.(?:wav|wav16|json)$/,
  /^tls\/(?:uploaded|self-signed)\.pem$/,
  /^recordings\/[0-9A-Za-z][0-9A-Za-z._-]{0,80}\.mp3$/
]

/** The table that a member belongs to, and where in it; null for what is not of a table. */
export function tablePart(name: string): { table: string; part: number } | null {
  const found = tableMember.exec(name)
  return found ? { table: found[1] ?? '', part: Number(found[2]) } : null
}
export const tablePartName = (table: string, part: number): string =>
  `database/${table}.${String(part).padStart(6, '0')}.copy`
/** A file that goes back under the same name into DATA_DIR. */
export const isFileMember = (name: string): boolean => fileMembers.some((allowed) => allowed.test(name))

/** The first member: enough to refuse an archive before anything else of it is read. */
export const head = z.object({
  product: z.literal('ringtrace'),
  format: z.number().int().positive(),
  /** The last migration of the database it was made from. */
  schema: z.string().regex(/^\d{4}_[\w-]+$/),
  version: z.string().max(50),
  createdAt: z.iso.datetime(),
  withRecordings: z.boolean()
})

const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)
const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** The last member: all that is in the archive. */
export const manifest = z.object({
  head,
  tables: z.array(
    z.object({ name: identifier, columns: z.array(identifier), rows: z.number().int().nonnegative() })
  ),
  sequences: z.array(
    z.object({ name: identifier, last: z.string().regex(/^-?\d{1,19}$/), isCalled: z.boolean() })
  ),
  members: z.array(
    z.object({ name: z.string().max(200), bytes: z.number().int().nonnegative(), sha256: digest })
  )
})

export type Head = z.infer<typeof head>
export type Manifest = z.infer<typeof manifest>
export type TableOf = Manifest['tables'][number]
