import { useQuery } from '@tanstack/react-query'
import type { Contact } from '../../../api/contract/config.ts'

/** Where the contact of a call is kept among the answers. */
export const clientKey = (contactId: string | null, number: string | null): string[] => [
  'client',
  contactId ?? '',
  number !== null && isOutside(number) ? number : ''
]

/** A number that names somebody: hidden and internal ones do not. */
export const isOutside = (number: string): boolean => /^\+\d{5,15}$/.test(number)

/** What the client is called since somebody wrote it into the card beside the talk; null while nobody has looked. */
export function useKnownName(
  contactId: string | null,
  number: string | null
): Pick<Contact, 'name' | 'company'> | null {
  const { data } = useQuery<Contact | null>({ queryKey: clientKey(contactId, number), enabled: false })
  return data && !data.name.startsWith('+') ? { name: data.name, company: data.company } : null
}
