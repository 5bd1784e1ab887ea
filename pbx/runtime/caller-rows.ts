import type { Knex } from 'knex'
import { z } from 'zod'
import { usualCallerRules, type CallerEntry, type CallerLists } from '../routing/caller-lists.ts'

const listRows = z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['spam', 'vip', 'own']) }))
const entryRows = z.array(
  z.object({
    listId: z.string(),
    phone: z.string(),
    isPrefix: z.boolean(),
    expiresMs: z.number().nullable()
  })
)

const rules = z.object({
  spam: z.enum(['busy', 'hangUp', 'announcement', 'voicemail']).catch(usualCallerRules.spam),
  spamSound: z.string().nullable().catch(usualCallerRules.spamSound),
  vipPriority: z.number().int().min(0).max(100).catch(usualCallerRules.vipPriority)
})

interface CallerRows {
  lists: z.output<typeof listRows>
  entries: z.output<typeof entryRows>
}

/** Lists of callers, with what is on them now. */
export async function readCallers(db: Knex): Promise<CallerRows> {
  const [lists, entries] = await Promise.all([
    db.raw<{ rows: unknown }>('select id, name, kind from caller_lists'),
    db.raw<{ rows: unknown }>(
      `select list_id as "listId", phone, is_prefix as "isPrefix",
         (extract(epoch from expires_at) * 1000)::float8 as "expiresMs"
       from caller_list_entries where expires_at is null or expires_at > now()`
    )
  ])
  return { lists: listRows.parse(lists.rows), entries: entryRows.parse(entries.rows) }
}

/** As a call asks for them. Rules that are not set, or cannot be read, are as usual. */
export function callersOf({ lists, entries }: CallerRows, given: unknown): CallerLists {
  return {
    lists: new Map(lists.map((list) => [list.id, list])),
    numbers: byPhone(entries.filter(({ isPrefix }) => !isPrefix)),
    prefixes: byPhone(entries.filter(({ isPrefix }) => isPrefix)),
    rules: rules.parse(given ?? {})
  }
}

function byPhone(entries: CallerRows['entries']): Map<string, CallerEntry[]> {
  const found = new Map<string, CallerEntry[]>()
  for (const { phone, listId, expiresMs } of entries) {
    const others = found.get(phone)
    if (others) others.push({ listId, expiresMs })
    else found.set(phone, [{ listId, expiresMs }])
  }
  return found
}
