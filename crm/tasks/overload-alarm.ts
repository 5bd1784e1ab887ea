import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { alarmAdmins } from './alarms.ts'

/** While an overload lasts admins are told of it once in this time. */
const againMs = 3_600_000

/**
 * Tells admins when callers are turned away because no more calls can be carried.
 * @returns what is given every row of every tape
 */
export function overloadAlarm(
  db: Knex,
  log: Logger
): (row: { type: string; atMs: number; data: Record<string, unknown> }) => void {
  let toldMs = -Infinity
  return ({ type, atMs, data }) => {
    if (type !== 'call.initiated' || data['overload'] === undefined || atMs - toldMs < againMs) return
    const before = toldMs
    toldMs = atMs
    db.transaction((trx) => tell(trx, atMs)).catch((err: unknown) => {
      // The next caller who is turned away brings it up again.
      toldMs = before
      log.warn({ err }, 'Admins could not be told of the overload')
    })
  }
}

async function tell(trx: Knex, atMs: number): Promise<void> {
  // Whoever led the calls before may have told them.
  const told = await trx('notices')
    .where({ subject: 'overload' })
    .where('at', '>', new Date(atMs - againMs))
    .first<object | undefined>('id')
  if (told) return
  await alarmAdmins(
    trx,
    {
      ...{ subject: 'overload', subjectId: null },
      title: {
        ru: 'Перегрузка: новым звонкам отказывают',
        en: 'Overload: new calls are turned away'
      },
      text: {
        ru: 'Звонков больше, чем можно провести: новые звонящие попадают в запасную группу или слышат, что все заняты. Идущие разговоры не страдают. Если это повторяется, поднимите предел в настройках или возьмите машину мощнее.',
        en: 'There are more calls than can be carried: new callers get the fallback group, or hear that all are busy. Talks in progress go on. If this happens again, raise the limit in the settings, or take a bigger machine.'
      }
    },
    atMs
  )
}
