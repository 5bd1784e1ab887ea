import type { Knex } from 'knex'

/** How an outgoing message went. `unknown`: it may have gone, so it is never sent again by itself. */
export type Gone =
  | { is: 'sent'; note: string | null }
  | { is: 'failed'; error: string; isForGood: boolean }
  | { is: 'unknown'; error: string }

/** What automation needs of others. */
export interface AutomationPorts {
  mail(letter: {
    to: readonly string[]
    subject: string
    text: string
    html: string
    messageId: string
    /** Of advertising: where one request refuses further letters. */
    refuseUrl?: string
  }): Promise<Gone>
  sms(message: { to: string; text: string; id: string }): Promise<Gone>
  /** Whether a gateway of SMS is set up. */
  hasSms(): Promise<boolean>
  /** Orders a callback in this transaction. @returns its id */
  callback(
    trx: Knex,
    wanted: {
      phone: string
      name: string | null
      contactId: string | null
      inquiryId: string | null
      groupId: string | null
    }
  ): Promise<string>
  /** The time zone of a client, by their number; null where that does not tell. */
  zoneOf(phone: string): string | null
  /** The schedules that are open at a moment. */
  openSchedules(db: Knex, ids: readonly string[], atMs: number): Promise<Map<string, boolean>>
}
