import { z } from 'zod'
import { id, inquiryChannel, isoTime, locale, patchOf, presence, ringTone, role } from './common.ts'
import { customValues, email, tagWords } from './contacts.ts'
import { sipAddress } from './operators.ts'
import { siteTracking } from './track.ts'

const name = z.string().trim().min(1).max(200)
export const e164 = z.string().regex(/^\+[1-9]\d{3,14}$/, 'must be a number in E.164, such as +74951234567')

export const user = z.object({
  id,
  login: z.string(),
  name,
  role,
  locale,
  presence,
  /** Code of the pause reason while they are away. */
  presenceReason: z.string().nullable(),
  /** End of the wrap-up. */
  presenceUntil: isoTime.nullable(),
  /** Their main telephone: `sip` when the browser device is switched off. All of them are under `/api/devices`. */
  device: z.enum(['browser', 'sip']),
  sipAddress: z.string().nullable(),
  sipUser: z.string(),
  /** Short number for calls from within. */
  extension: z.string().nullable(),
  skills: z.array(z.string()),
  /** Who takes the calls of their clients while they are absent. */
  standInId: id.nullable(),
  isActive: z.boolean(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const userCreate = z.object({
  login: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9._-]{2,64}$/, 'two to 64 Latin letters, digits, dots or dashes'),
  name,
  role,
  locale: locale.default('ru'),
  /** Left out, they set their own by a link: `POST /api/users/{id}/links`. */
  password: z.string().min(8).max(200).optional(),
  /** For people with one telephone: `sip` switches the browser device off, `browser` the SIP phones. */
  device: z.enum(['browser', 'sip']).default('browser'),
  /** Of a SIP phone that does not register. */
  sipAddress: sipAddress.default(null),
  extension: z
    .string()
    .regex(/^\d{2,5}$/, 'must be two to five digits')
    .nullable()
    .default(null),
  skills: z.array(z.string().trim().min(1).max(60)).max(50).default([]),
  standInId: id.nullable().default(null)
})
export const userPatch = patchOf(
  userCreate
    .omit({ login: true })
    .extend({ isActive: z.boolean(), presence: z.enum(['available', 'away', 'offline']) })
)

export const me = user.extend({ csrfToken: z.string() })
export const login = z.object({
  login: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
  /** Of the app or a recovery code, from people with a second factor. */
  code: z.string().max(40).optional()
})
export const loginAnswer = z.object({ user, csrfToken: z.string() })
/** What the browser softphone needs to register: only ever given to the user it belongs to. */
export const softphone = z.object({
  uri: z.string(),
  authUser: z.string(),
  secret: z.string(),
  wsPath: z.string()
})

export const group = z.object({
  id,
  name,
  /** In the order by which `inOrder` rings. */
  memberIds: z.array(id),
  /** After talks that came through this group; null for the company's own. */
  wrapUpSeconds: z.number().int().nullable(),
  /** How the browser telephones of its operators ring. */
  ringTone,
  isDemo: z.boolean(),
  createdAt: isoTime
})
export const groupCreate = z.object({
  name,
  memberIds: z.array(id).max(1000).default([]),
  wrapUpSeconds: z.number().int().min(0).max(3600).nullable().default(null),
  ringTone: ringTone.default('classic')
})
export const groupPatch = patchOf(groupCreate)

export const site = z.object({
  id,
  name,
  domain: z.string(),
  /** Stands in the site's pages: `<script async src="…/t.js?key=…">`. */
  key: z.string(),
  ...siteTracking,
  isDemo: z.boolean(),
  createdAt: isoTime
})
export const siteCreate = z.object({
  name,
  domain: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[\p{L}0-9.-]{1,253}$/u),
  // What is left out is as the table has it.
  ...z.object(siteTracking).partial().shape
})
export const sitePatch = patchOf(siteCreate)

export const source = z.object({
  id,
  name,
  inquiryChannel,
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  keyword: z.string().nullable(),
  note: z.string().nullable(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
const label = z.string().trim().max(200).nullable().default(null)
export const sourceCreate = z.object({
  name,
  inquiryChannel,
  medium: label,
  campaign: label,
  keyword: label,
  note: z.string().max(2000).nullable().default(null)
})
export const sourcePatch = patchOf(sourceCreate)

export const number = z.object({
  id,
  e164,
  label: z.string().nullable(),
  trunkId: id.nullable(),
  sourceId: id.nullable(),
  siteId: id.nullable(),
  schemeId: id.nullable(),
  /** The pool that lends it to visits; changed there. */
  poolId: id.nullable(),
  isActive: z.boolean(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const numberCreate = z.object({
  e164,
  label,
  trunkId: id.nullable().default(null),
  sourceId: id.nullable().default(null),
  siteId: id.nullable().default(null),
  schemeId: id.nullable().default(null),
  isActive: z.boolean().default(true)
})
export const numberPatch = patchOf(numberCreate)

/** A scheme in JSON; `draft` is checked against each block's own settings by `ivr/validate`. */
export const schemeBody = z.object({
  locale: locale,
  start: z.string(),
  blocks: z.record(
    z.string().regex(/^[\w-]{1,64}$/),
    z.object({
      type: z.string(),
      label: z.string().max(200).optional(),
      settings: z.record(z.string(), z.unknown()),
      exits: z.record(z.string(), z.string().nullable()),
      position: z.object({ x: z.number(), y: z.number() }).optional()
    })
  )
})
export const schemeProblem = z.object({
  severity: z.enum(['error', 'warning']),
  block: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  /** The setting (dotted) or the exit at fault within the block. */
  path: z.string().nullable()
})
export const scheme = z.object({
  id,
  name,
  draft: schemeBody,
  /** Grows by one each time the draft is saved. */
  revision: z.number().int(),
  /** Who saved the draft last, and when. */
  savedBy: z.object({ id, name: z.string() }).nullable(),
  savedAt: isoTime,
  publishedVersion: z.number().int().nullable(),
  problems: z.array(schemeProblem),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const schemeCreate = z.object({ name, draft: schemeBody })
export const schemePatch = patchOf(schemeCreate).extend({
  /**
   * The revision that a draft was made from. When the draft has been saved by somebody else since, the answer is
   * `draft_changed` with what stands there now. Left out, the draft is replaced whatever it is.
   */
  revision: z.number().int().min(1).optional()
})

export const contact = z.object({
  id,
  name,
  company: z.string().nullable(),
  companyId: id.nullable(),
  ownerId: id.nullable(),
  note: z.string().nullable(),
  phones: z.array(e164),
  emails: z.array(z.string()),
  tags: z.array(z.string()),
  custom: customValues,
  /** The last call with one of the numbers; null where there was none. */
  lastCallAt: isoTime.nullable(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const contactCreate = z.object({
  name,
  /** By its name: the one that is called so, or a new one. */
  company: label,
  ownerId: id.nullable().default(null),
  note: z.string().max(5000).nullable().default(null),
  /** As people write them; read by the rules of the company's country and kept in E.164. */
  phones: z.array(z.string().trim().min(2).max(60)).max(20).default([]),
  emails: z.array(email).max(20).default([]),
  tags: tagWords.default([]),
  custom: customValues.default({})
})
export const contactPatch = patchOf(contactCreate)

export const health = z.object({
  status: z.enum(['ok', 'degraded']),
  checks: z.record(
    z.string(),
    z.object({ status: z.enum(['ok', 'degraded', 'failed']), detail: z.string().optional() })
  ),
  version: z.string()
})

export type User = z.infer<typeof user>
export type Me = z.infer<typeof me>
export type Softphone = z.infer<typeof softphone>
export type { Trunk } from './trunks.ts'
export type Source = z.infer<typeof source>
export type TrackingNumber = z.infer<typeof number>
export type SchemeRecord = z.infer<typeof scheme>
export type Group = z.infer<typeof group>
export type Contact = z.infer<typeof contact>
export type Health = z.infer<typeof health>
