import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Contact } from '../../../api/contract/config.ts'
import { api, ApiError, type Page } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { clientKey } from './known-name.ts'

/** Colleagues may write about the same client at the same moment: looked at so often. */
const refreshMs = 5000
const undoMs = 6000

export type ClientField = 'name' | 'company' | 'note' | 'ownerId' | 'phones' | 'emails' | 'tags' | 'custom'
export type ClientChange = Partial<Pick<Contact, ClientField>>

/** The contact of a call: by its id, or whoever has the number. Null: nobody has it yet. */
export function useClient(contactId: string | null, number: string | null) {
  return useQuery({
    queryKey: clientKey(contactId, number),
    queryFn: () => find(contactId, number),
    enabled: contactId !== null || number !== null,
    refetchInterval: refreshMs
  })
}

async function find(contactId: string | null, number: string | null): Promise<Contact | null> {
  if (contactId !== null) {
    try {
      return await api<Contact>('GET', `/api/contacts/${contactId}`)
    } catch (error) {
      // Deleted since the call: somebody else may have the number now.
      if (!(error instanceof ApiError) || error.problem.status !== 404) throw error
    }
  }
  if (number === null) return null
  const found = await api<Page<Contact>>('GET', `/api/contacts${query({ phone: number, limit: 1 })}`)
  return found.items[0] ?? null
}

/**
 * Changes one field at a time. Whoever is no contact yet becomes one with the first.
 * `save` tells what the server says against it, in words, or null when it is saved.
 */
export function useClientChange(contactId: string | null, number: string | null) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const written = useRef<ClientChange>({})
  const key = clientKey(contactId, number)

  async function write(known: Contact | null, change: ClientChange): Promise<Contact> {
    if (known) return api<Contact>('PATCH', `/api/contacts/${known.id}`, change)
    const phones = number === null ? [] : [number]
    try {
      return await api<Contact>('POST', '/api/contacts', { name: number ?? '', phones, ...change })
    } catch (error) {
      // The line has made the contact a moment ago.
      const made =
        error instanceof ApiError && error.problem.code === 'already_exists' ? await find(null, number) : null
      if (!made) throw error
      return api<Contact>('PATCH', `/api/contacts/${made.id}`, change)
    }
  }

  function refusal(error: unknown, change: ClientChange): string {
    if (!(error instanceof ApiError)) return explain(error)
    const { code, detail } = error.problem
    // “8 916 …: Boris”.
    const owner = code === 'already_exists' ? /: (.+)$/.exec(detail ?? '')?.[1] : undefined
    if (owner !== undefined && change.phones) return t('client.phoneTaken', { name: owner })
    return Object.values(fieldErrors(error))[0] ?? explain(error)
  }

  async function save(field: ClientField, change: ClientChange): Promise<string | null> {
    const before = client.getQueryData<Contact | null>(key) ?? null
    try {
      const after = await write(before, change)
      written.current = { ...written.current, [field]: after[field] }
      await client.cancelQueries({ queryKey: key })
      client.setQueryData(key, after)
      toast(
        'pine',
        before ? t(`client.saved.${field}`) : t('client.created', { name: shownName(after) }),
        undoMs,
        before && {
          label: t('client.undo'),
          run: () =>
            inBackground(
              save(field, { [field]: before[field] }).then((wrong) => wrong && toast('rust', wrong))
            )
        }
      )
      inBackground(client.invalidateQueries({ queryKey: ['contacts'] }))
      return null
    } catch (error) {
      return refusal(error, change)
    }
  }

  return {
    save,
    /** Whether this page has written what the field has now. */
    isOwn: (field: 'name' | 'company' | 'note', value: string) => (written.current[field] ?? '') === value
  }
}

/** Contacts that nobody has named bear their number. */
export const shownName = ({ name }: Pick<Contact, 'name'>): string =>
  name.startsWith('+') ? formatPhone(name) : name
