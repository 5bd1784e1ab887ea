import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { openSecrets } from '../../db/secrets.ts'
import type { Mail, Sent } from '../mail/mail.ts'
import { createSms, type SmsGone } from './sms.ts'

/** The ways out for rules of automation: letters and SMS. */
export async function openForRules(wanted: {
  db: Knex
  log: Logger
  dataDir: string
  secretKey: string | undefined
  allowPrivate: boolean
  mail: Mail
}) {
  const { db, log, allowPrivate, mail } = wanted
  const secrets = await openSecrets(wanted.dataDir, wanted.secretKey)
  const sms = createSms({ db, secrets, allowPrivate, log })
  return {
    sms,
    ports: {
      mail: async (letter: Parameters<typeof goneOf>[1] & Letter): Promise<SmsGone> =>
        goneOf(await mail.send({ ...letter, locale: 'ru' }), letter),
      sms: (message: { to: string; text: string; id: string }) => sms.send(message),
      hasSms: () => sms.isSetUp()
    }
  }
}

interface Letter {
  subject: string
  text: string
  html: string
  messageId: string
  refuseUrl?: string
}

/** A server that went silent in the middle may have taken the letter: nobody sends that again by themselves. */
export function goneOf(sent: Sent, { to }: { to: readonly string[] }): SmsGone {
  if (sent.ok) {
    if (sent.refused.length === 0) return { is: 'sent', note: null }
    const error = `the mail server refused: ${sent.refused.join(', ')}`
    return sent.refused.length < to.length
      ? { is: 'sent', note: error }
      : { is: 'failed', error, isForGood: true }
  }
  const { reason, message, detail } = sent
  const said = detail ?? ''
  if (reason === 'recipientRefused') return { is: 'failed', error: message, isForGood: /^5\d\d/.test(said) }
  const isAnswer = /^[45]\d\d/.test(said)
  const wasCut = reason === 'timeout' || /ECONNRESET|closed/i.test(said)
  if (!isAnswer && (wasCut || reason === 'other')) return { is: 'unknown', error: message }
  return { is: 'failed', error: message, isForGood: reason === 'other' && said.startsWith('5') }
}
