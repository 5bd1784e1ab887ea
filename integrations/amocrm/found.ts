import type { Step } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import { deeds } from './deeds.ts'

/** Reads one list of the account: its items by their name in `_embedded`. */
export type ReadList = (
  path: string,
  query: Readonly<Record<string, string>>,
  name: string
) => Promise<Record<string, unknown>[]>

const pageSize = 250
/** Nothing that was asked a moment ago is further back. */
const mostPages = 8
const singular: Readonly<Record<string, string>> = {
  leads: 'lead',
  contacts: 'contact',
  companies: 'company',
  customers: 'customer'
}

/**
 * Looks whether a step was done whose answer was lost: amoCRM takes everything a second time.
 * @returns what its answer would have told; null when it was not done
 */
export async function found({ method, params }: Step, read: ReadList): Promise<unknown> {
  switch (method) {
    case deeds.call:
      return foundCall(params, read)
    case deeds.unsorted:
    case deeds.form:
      return foundUnsorted(method === deeds.unsorted ? 'sip' : 'forms', textOf(params['source_uid']), read)
    case deeds.note: {
      const path = `${textOf(params['type'])}/${textOf(params['id'])}/notes`
      const text = textOf(params['text'])
      return firstOf(read, path, { 'filter[note_type][]': 'common', 'order[id]': 'desc' }, 'notes', (one) =>
        textOf(recordOf(one['params'])['text']).startsWith(text)
      )
    }
    case deeds.task:
      return openTask(params, read)
    default:
      return null
  }
}

/** The same wish that nobody has seen to yet: a client who rings again in vain needs no second one. */
export const openTask = (params: Step['params'], read: ReadList): Promise<unknown> =>
  firstOf(
    read,
    'tasks',
    {
      'filter[entity_type]': textOf(params['entity_type']),
      'filter[entity_id][]': textOf(params['entity_id']),
      'filter[is_completed]': '0',
      'order[id]': 'desc'
    },
    'tasks',
    (one) => one['text'] === params['text']
  )

/** Calls stand as notes at whatever amoCRM has put them to. */
async function foundCall(params: Step['params'], read: ReadList): Promise<unknown> {
  for (const [path, kind] of Object.entries(singular)) {
    const one = await firstOf(
      read,
      `${path}/notes`,
      {
        'filter[note_type][]': params['direction'] === 'inbound' ? 'call_in' : 'call_out',
        'filter[updated_at][from]': String(Number(params['created_at']) - 60),
        'order[id]': 'desc'
      },
      'notes',
      (note) => recordOf(note['params'])['uniq'] === params['uniq']
    )
    if (!one) continue
    const told = recordOf(one['params'])
    return {
      ...{ id: one['id'], entity_id: one['entity_id'], entity_type: kind },
      // It may have been told before its record or its rating was there.
      isRecordSent: textOf(told['link']) !== '',
      isOlder: textOf(told['call_result']) !== textOf(params['call_result'])
    }
  }
  return null
}

const foundUnsorted = (category: string, uid: string, read: ReadList): Promise<unknown> =>
  firstOf(
    read,
    'leads/unsorted',
    { 'filter[category][]': category, 'order[created_at]': 'desc' },
    'unsorted',
    (one) => one['source_uid'] === uid
  )

async function firstOf(
  read: ReadList,
  path: string,
  query: Record<string, string>,
  name: string,
  fits: (one: Record<string, unknown>) => boolean
): Promise<Record<string, unknown> | null> {
  for (let page = 1; page <= mostPages; page += 1) {
    const items = await read(path, { ...query, limit: String(pageSize), page: String(page) }, name)
    const one = items.find(fits)
    if (one) return one
    if (items.length < pageSize) return null
  }
  return null
}
