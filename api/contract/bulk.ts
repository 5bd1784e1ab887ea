import { z } from 'zod'
import { id, inquiryChannel, isoTime, page, ringTone, role } from './common.ts'
import { tagWords } from './contacts.ts'
import { bulkThings, type BulkThing } from './settings-words.ts'

const ids = z
  .array(id)
  .min(1)
  .max(1000)
  .transform((given) => [...new Set(given)])
const someIds = z.array(id).min(1).max(100)
const skills = z.array(z.string().trim().min(1).max(60)).min(1).max(50)
const word = z.string().trim().max(200).nullable()

/** What may be changed in many at once; what is left out stays. */
const changes = {
  numbers: z.strictObject({
    sourceId: id.nullable().optional(),
    schemeId: id.nullable().optional(),
    siteId: id.nullable().optional(),
    trunkId: id.nullable().optional(),
    isActive: z.boolean().optional()
  }),
  users: z.strictObject({
    role: role.optional(),
    isActive: z.boolean().optional(),
    addGroupIds: someIds.optional(),
    removeGroupIds: someIds.optional(),
    addSkills: skills.optional(),
    removeSkills: skills.optional()
  }),
  sources: z.strictObject({
    inquiryChannel: inquiryChannel.optional(),
    medium: word.optional(),
    campaign: word.optional()
  }),
  groups: z.strictObject({
    wrapUpSeconds: z.number().int().min(0).max(3600).nullable().optional(),
    ringTone: ringTone.optional()
  }),
  contacts: z.strictObject({
    ownerId: id.nullable().optional(),
    addTags: tagWords.optional(),
    removeTags: tagWords.optional()
  })
}
const isSomething = (change: object): boolean => Object.values(change).some((value) => value !== undefined)
const bodyOf = <T extends BulkThing, C extends z.ZodType<object>>(things: T, change: C) =>
  z.object({ things: z.literal(things), ids, change: change.refine(isSomething, { error: 'is needed' }) })
export const bulkBody = z.discriminatedUnion('things', [
  bodyOf('numbers', changes.numbers),
  bodyOf('users', changes.users),
  bodyOf('sources', changes.sources),
  bodyOf('groups', changes.groups),
  bodyOf('contacts', changes.contacts)
])

const fields = z.record(z.string(), z.unknown())
/** One thing as it was and as it becomes: the fields that differ, in the words of the thing itself. */
export const bulkItem = z.object({ id, name: z.string(), before: fields, after: fields })
export const bulkPreview = z.object({
  items: z.array(bulkItem),
  /** So many are like that already. */
  same: z.number().int(),
  /** So many are not there any more. */
  missing: z.number().int()
})
export const bulkChange = z.object({
  id,
  things: z.enum(bulkThings),
  /** So many things were changed. */
  count: z.number().int(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  createdAt: isoTime,
  undoneAt: isoTime.nullable()
})
export const bulkPage = page(bulkChange)

export type BulkBody = z.output<typeof bulkBody>
export type BulkItem = z.infer<typeof bulkItem>
export type BulkPreview = z.infer<typeof bulkPreview>
export type BulkChange = z.infer<typeof bulkChange>
