import { z } from 'zod'
import { isoTime } from './common.ts'

export const certificateSources = ['files', 'uploaded', 'selfSigned', 'kept'] as const
export const trusts = ['public', 'private', 'selfSigned'] as const

/** The certificate of this installation: of its web port, and of carriers that come by TLS. */
export const certificate = z.object({
  /** The web port speaks https itself. */
  isTls: z.boolean(),
  /** Where carriers arrive by TLS; null: nowhere. */
  sipTlsPort: z.number().int().nullable(),
  /** `kept`: the last good one, since the named files cannot be used. */
  source: z.enum(certificateSources),
  /** Names of the files, where the environment gives them; then none can be uploaded. */
  files: z.object({ cert: z.string(), key: z.string() }).nullable(),
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  startsAt: isoTime,
  endsAt: isoTime,
  daysLeft: z.number().int(),
  /** SHA-256. */
  fingerprint: z.string(),
  trust: z.enum(trusts),
  /** False: the certificate of whoever signed it is missing. */
  isChainWhole: z.boolean(),
  /** It stands for the host of PUBLIC_URL; true where none is set. */
  isNamed: z.boolean(),
  /** Why the newest files are not in use: a code (see docs/tls.md), and what it is about. */
  problem: z.object({ reason: z.string(), about: z.string().nullable() }).nullable()
})

const pem = z.string().max(100_000)
/** PEM texts. The key never comes out again. */
export const certificatePut = z.object({ certificate: pem.min(1), key: pem.min(1) })

export type Certificate = z.infer<typeof certificate>
