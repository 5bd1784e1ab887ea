import type { ContactEntry } from '../routing/directory.ts'

/** A telephone number with whom it belongs to. */
export interface ContactRow extends ContactEntry {
  e164: string
}

/**
 * Contacts by telephone number, changed in place: each unknown caller becomes a contact, and among a million of them a
 * copy for each would hold up every call.
 */
export interface ContactBook {
  /** By E.164. The same map for good. */
  readonly byNumber: ReadonlyMap<string, ContactEntry>
  /** Forgets all and takes these. */
  fill(rows: readonly ContactRow[]): void
  /** @param ids contacts that have changed; one without a row has no number any more */
  change(ids: readonly string[], rows: readonly ContactRow[]): void
}

export function createContactBook(): ContactBook {
  const byNumber = new Map<string, ContactEntry>()
  /** Nearly all have one number, which needs no list around it. */
  const numbersOf = new Map<string, string | readonly string[]>()

  function add({ e164, ...contact }: ContactRow): void {
    byNumber.set(e164, contact)
    const known = numbersOf.get(contact.id)
    numbersOf.set(contact.id, known === undefined ? e164 : [known, e164].flat())
  }

  function forget(id: string): void {
    // A number that went to somebody else meanwhile is theirs.
    for (const e164 of [numbersOf.get(id) ?? []].flat())
      if (byNumber.get(e164)?.id === id) byNumber.delete(e164)
    numbersOf.delete(id)
  }

  return {
    byNumber,
    fill(rows) {
      byNumber.clear()
      numbersOf.clear()
      for (const row of rows) add(row)
    },
    change(ids, rows) {
      for (const id of ids) forget(id)
      for (const row of rows) add(row)
    }
  }
}
