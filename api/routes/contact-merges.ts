import type { Knex } from 'knex'
import { lockCrm } from '../../crm/clients.ts'
import { duplicatePairs as pairsOf, keepApart, type Pair } from '../../crm/contacts/duplicates.ts'
import { conflictsOf } from '../../crm/contacts/merge-plan.ts'
import { mergeContacts, sideOf, undoMerge, type ContactRow } from '../../crm/contacts/merge.ts'
import { CrmRefusal } from '../../crm/refusal.ts'
import { audit } from '../audit.ts'
import { contactItems, seenContact } from '../contact-rows.ts'
import type { Contact } from '../contract/config.ts'
import {
  duplicatePairs,
  duplicates,
  merged,
  mergeBody,
  mergePreview,
  mergeQuery,
  notSameBody,
  type Duplicate
} from '../contract/contacts.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

/** So many pairs are worked through at a sitting. */
const listed = 50

/** Contacts that may be one: found, put together, and taken apart again. */
export const contactMergeRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/contacts/:id/duplicates',
    summary: 'Contacts that may be the same client: they share a mail or a name',
    answer: duplicates,
    async handle({ id, who }) {
      await seenContact(db, id, who)
      const pairs = await pairsOf(db, { of: id, limit: 20 })
      const known = await briefs(db, pairs)
      return {
        items: pairs.flatMap(({ a, b, reasons }) => {
          const other = known.get(a === id ? b : a)
          return other ? [{ ...other, reasons }] : []
        })
      }
    }
  }),
  endpoint({
    route: 'GET /api/contact-duplicates',
    summary: 'Pairs of contacts that may be one',
    answer: duplicatePairs,
    async handle() {
      const pairs = await pairsOf(db, { limit: listed + 1 })
      const known = await briefs(db, pairs)
      return {
        items: pairs.slice(0, listed).flatMap(({ a, b, reasons }) => {
          const [one, other] = [known.get(a), known.get(b)]
          return one && other ? [{ a: one, b: other, reasons }] : []
        }),
        isMore: pairs.length > listed
      }
    }
  }),
  endpoint({
    route: 'POST /api/contact-duplicates/dismiss',
    summary: 'Say that two contacts are two: they are not offered as one any more',
    body: notSameBody,
    async handle(context) {
      const { a, b } = context.body
      await db.transaction(async (trx) => {
        await seenContact(trx, a, context.who)
        await seenContact(trx, b, context.who)
        if (a === b) throw new ApiError('invalid', { errors: [{ path: 'b', message: 'is the same' }] })
        await keepApart(trx, a, b, context.who.userId)
        await audit(trx, context, {
          action: 'contact.not_same',
          entity: 'contact',
          entityId: a,
          data: { other: b }
        })
      })
    }
  }),
  endpoint({
    route: 'GET /api/contacts/:id/merge-preview',
    summary: 'What a merge with another contact would ask and move; nothing is changed',
    query: mergeQuery,
    answer: mergePreview,
    async handle({ id, query, who }) {
      const mine = (await seenContact(db, id, who)) as ContactRow
      const theirs = (await seenContact(db, query.otherId, who)) as ContactRow
      const [one, other] = await contactItems(db, [mine, theirs])
      if (!one || !other || mine.id === theirs.id) throw new ApiError('not_found')
      const names = await namesOf(db, [mine, theirs])
      const shown = (value: string | number | boolean): string => names.get(String(value)) ?? String(value)
      const union = (field: 'phones' | 'emails' | 'tags'): string[] =>
        [...new Set([...one[field], ...other[field]])].toSorted()
      return {
        other: { id: theirs.id, name: theirs.name },
        conflicts: conflictsOf(sideOf(mine), sideOf(theirs)).map((each) => ({
          field: each.field,
          mine: shown(each.mine),
          theirs: shown(each.theirs)
        })),
        phones: union('phones'),
        emails: union('emails'),
        tags: union('tags'),
        moves: await movesOf(db, theirs.id)
      }
    }
  }),
  endpoint({
    route: 'POST /api/contacts/:id/merge',
    summary: 'Put everything of another contact to this one; fields in which they differ need a choice',
    body: mergeBody,
    answer: merged,
    status: 201,
    handle: (context) =>
      db
        .transaction(async (trx) => {
          const { id, body, who } = context
          await lockCrm(trx)
          await seenContact(trx, id, who)
          const other = await seenContact(trx, body.otherId, who)
          const { mergeId, missing } = await mergeContacts(trx, {
            winnerId: id,
            loserId: body.otherId,
            choices: body.choices,
            byUserId: who.userId
          })
          if (missing)
            throw new ApiError('invalid', {
              errors: missing.map((field) => ({ path: `choices.${field}`, message: 'is needed' }))
            })
          await audit(trx, context, {
            action: 'contact.merge',
            entity: 'contact',
            entityId: id,
            data: { name: other['name'], otherId: body.otherId, mergeId }
          })
          return mergedItem(trx, mergeId)
        })
        .catch(asAnswer)
  }),
  endpoint({
    route: 'POST /api/contact-merges/:id/undo',
    summary: 'Take two merged contacts apart again, with everything that was moved',
    answer: merged,
    handle: (context) =>
      db
        .transaction(async (trx) => {
          await lockCrm(trx)
          const { winnerId, loserId } = await undoMerge(trx, context.id)
          await seenContact(trx, winnerId, context.who)
          await audit(trx, context, {
            action: 'contact merge.undo',
            entity: 'contact',
            entityId: winnerId,
            data: { otherId: loserId, mergeId: context.id }
          })
          return mergedItem(trx, context.id)
        })
        .catch(asAnswer)
  })
]

async function mergedItem(db: Knex, id: string) {
  const row = await db('contact_merges').where({ id }).first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return itemOf(merged, row)
}

function asAnswer(error: unknown): never {
  if (error instanceof CrmRefusal && (error.code === 'not_found' || error.code === 'not_undoable'))
    throw new ApiError(error.code, { cause: error })
  throw error
}

async function briefs(db: Knex, pairs: readonly Pair[]): Promise<Map<string, Omit<Duplicate, 'reasons'>>> {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const rows = (await db('contacts').whereIn('id', ids).select('*')) as Row[]
  const items: Contact[] = await contactItems(db, rows)
  return new Map(
    items.map(({ id, name, company, phones, emails }) => [id, { id, name, company, phones, emails }])
  )
}

/** Companies and people by their names: what a person is asked to choose between. */
async function namesOf(db: Knex, rows: readonly ContactRow[]): Promise<Map<string, string>> {
  const idsOf = (column: 'company_id' | 'owner_id'): string[] =>
    rows.map((row) => row[column]).filter((each) => each !== null)
  const [companies, people] = await Promise.all([
    db('companies').whereIn('id', idsOf('company_id')).select<{ id: string; name: string }[]>('id', 'name'),
    db('users').whereIn('id', idsOf('owner_id')).select<{ id: string; name: string }[]>('id', 'name')
  ])
  return new Map([...companies, ...people].map(({ id, name }) => [id, name]))
}

async function movesOf(db: Knex, id: string) {
  const { rows } = await db.raw<{ rows: Record<string, string>[] }>(
    `select (select count(*) from calls c where c.contact_id = :id
         or c.caller_number in (select e164 from contact_phones where contact_id = :id)) as calls,
       (select count(*) from inquiries where contact_id = :id) as inquiries,
       (select count(*) from deals where contact_id = :id) as deals,
       (select count(*) from tasks where contact_id = :id) as tasks,
       (select count(*) from contact_notes where contact_id = :id) as notes,
       (select count(*) from visitors where contact_id = :id) as visitors`,
    { id }
  )
  const [row = {}] = rows
  const number = (name: string): number => Number(row[name] ?? 0)
  return {
    calls: number('calls'),
    inquiries: number('inquiries'),
    deals: number('deals'),
    tasks: number('tasks'),
    notes: number('notes'),
    visitors: number('visitors')
  }
}
