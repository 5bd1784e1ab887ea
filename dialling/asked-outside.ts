import type { Knex } from 'knex'
import { orderCallback, wakeRunner } from './callbacks.ts'
import type { Dialling } from './dialling.ts'

interface Wanted {
  phone: string
  /** A number of ours, as the other side knows it. */
  line: string | null
}

/**
 * Calls and callbacks that a foreign system asks for (a click in its client's card, a form of its own). The policy of
 * dialling decides as for anybody here.
 * @param dialling absent while the exchange starts
 */
export function askedOutside(db: Knex, dialling: () => Pick<Dialling, 'policy' | 'call'> | undefined) {
  const numberIdOf = async (line: string | null): Promise<string | null> => {
    if (line === null) return null
    const row = await db('numbers')
      .where({ e164: `+${line.replace(/\D/g, '')}`, is_active: true })
      .first<{ id: string } | undefined>('id')
    return row?.id ?? null
  }

  return {
    /** Numbers of ours. */
    async lines(): Promise<{ e164: string; name: string }[]> {
      const rows = await db('numbers')
        .where({ is_active: true })
        .orderBy('e164')
        .select<{ e164: string; label: string | null }[]>('e164', 'label')
      return rows.map(({ e164, label }) => ({ e164, name: label ?? e164 }))
    },
    async call({
      phone,
      userId,
      line
    }: Wanted & { userId: string }): Promise<{ callId: string } | { refused: string }> {
      const numberId = await numberIdOf(line)
      const wanted = { to: phone, userId, byUserId: userId, numberId, contactId: null, isApi: false }
      const placed = await dialling()?.call(wanted)
      if (!placed) return { refused: 'starting' }
      return placed.ok ? { callId: placed.callId } : { refused: placed.code }
    },
    async orderCallback({
      phone,
      note,
      line
    }: Wanted & { note: string | null }): Promise<{ refused: string | null }> {
      const known = dialling()
      if (!known) return { refused: 'starting' }
      const { number, isEmergency } = known.policy.explain({
        number: phone,
        byUserId: null,
        isUnsolicited: true
      })
      if (number === null || isEmergency) return { refused: 'bad_number' }
      const numberId = await numberIdOf(line)
      await db.transaction((trx) => orderCallback(trx, { phone: number, kind: 'form', note, numberId }))
      await wakeRunner(db)
      return { refused: null }
    }
  }
}
