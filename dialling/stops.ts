import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { alarmAdmins, type Alarm } from '../crm/tasks/alarms.ts'
import type { Suspected } from './policy/suspicion.ts'

/** Whose dialling is stopped, in memory and in the database. */
export interface Stops {
  readonly users: ReadonlySet<string>
  /** Stops a user at once, and tells admins; without a user it only tells. */
  raise(suspected: Suspected): void
  /** Reads the stops that stand. @returns users who may dial again */
  load(): Promise<string[]>
  /** Waits for what is being written. */
  close(): Promise<void>
}

const againMs = 5000

export function createStops(options: {
  db: Knex
  log: Logger
  now: () => number
  /** Who gets letters, beside the admins who wish them. */
  mails(): readonly string[]
}): Stops {
  const { db, log, now } = options
  const users = new Set<string>()
  /** Not in the database yet. */
  const waiting = new Set<Suspected>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function write(suspected: Suspected): Promise<void> {
    const { userId, reason, tries, numbers } = suspected
    await db.transaction(async (trx) => {
      const atMs = now()
      let stopId: string | null = null
      let name = ''
      if (userId !== null) {
        const user = await trx('users').where({ id: userId }).first<{ name: string } | undefined>('name')
        // Deleted meanwhile: nobody is there to be stopped.
        if (!user) return
        name = user.name
        const [made] = (
          await trx.raw<{ rows: { id: string }[] }>(
            `insert into dial_stops (user_id, reason, tries, numbers, at) values (?, ?, ?, ?, ?)
           on conflict (user_id) where lifted_at is null do nothing returning id`,
            [userId, reason, tries, numbers.filter((number) => number !== ''), new Date(atMs)]
          )
        ).rows
        if (!made) return
        stopId = made.id
        await trx('audit').insert({
          ...{ user_id: null, action: 'dial_stop.set', entity: 'user', entity_id: userId },
          data: JSON.stringify({ reason, tries })
        })
      }
      await alarmAdmins(trx, wordsOf(suspected, name, stopId), atMs, options.mails())
    })
  }

  async function writeAll(): Promise<void> {
    for (const suspected of [...waiting]) {
      try {
        await write(suspected)
        waiting.delete(suspected)
      } catch (error) {
        log.warn({ err: error }, 'A stop of dialling waits for the database')
        if (!isClosed) timer ??= setTimeout(again, againMs)
        return
      }
    }
  }
  let writing: Promise<void> = Promise.resolve()
  function again(): void {
    timer = undefined
    writing = writing.then(writeAll)
  }

  return {
    users,
    raise(suspected) {
      const { userId } = suspected
      if (userId !== null && users.has(userId)) return
      if (userId !== null) users.add(userId)
      waiting.add(suspected)
      again()
    },
    async load() {
      const rows = await db('dial_stops').whereNull('lifted_at').select<{ user_id: string }[]>('user_id')
      const open = new Set(rows.map((row) => row.user_id))
      for (const { userId } of waiting) if (userId !== null) open.add(userId)
      const free = [...users].filter((userId) => !open.has(userId))
      for (const userId of free) users.delete(userId)
      for (const userId of open) users.add(userId)
      return free
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await writing
    }
  }
}

const reasons: Readonly<Record<string, { ru: string; en: string }>> = {
  prefix_blocked: {
    ru: 'много попыток звонить на запрещённые номера',
    en: 'many tries to dial blocked numbers'
  },
  country_not_allowed: {
    ru: 'много попыток звонить в страны, куда звонить нельзя',
    en: 'many tries to dial countries that may not be called'
  },
  concurrency_cap: {
    ru: 'много попыток звонить сверх предела одновременных звонков',
    en: 'many tries beyond the limit of calls at once'
  },
  user_minute_cap: { ru: 'слишком много звонков за минуту', en: 'too many calls within a minute' },
  user_costly_cap: {
    ru: 'исчерпаны минуты на дорогие направления за день',
    en: 'the minutes to costly numbers are used up for the day'
  },
  company_costly_cap: {
    ru: 'у компании исчерпаны минуты на дорогие направления за день',
    en: 'the company has used up its minutes to costly numbers for the day'
  },
  company_daily_cap: {
    ru: 'компания исчерпала дневной предел звонков',
    en: 'the company has reached its limit of calls for the day'
  }
}

function wordsOf({ userId, reason, tries }: Suspected, name: string, stopId: string | null): Alarm {
  const why = reasons[reason] ?? { ru: reason, en: reason }
  const about = { subject: 'dial_stop', subjectId: stopId } as const
  if (userId === null)
    return {
      ...about,
      title: { ru: `Подозрительные звонки: ${why.ru}`, en: `Suspicious calls: ${why.en}` },
      text: {
        ru: `Подозрительные звонки: ${why.ru}. Отказов: ${tries}. Никто не остановлен: проверьте, кто и куда звонит.`,
        en: `Suspicious calls: ${why.en}. Refused: ${tries}. Nobody was stopped: look who calls whom.`
      }
    }
  return {
    ...about,
    title: { ru: `${name}: исходящие звонки остановлены`, en: `${name}: dialling is stopped` },
    text: {
      ru: `Исходящие звонки сотрудника «${name}» остановлены: ${why.ru}. Так бывает, когда учётную запись украли. Смените пароль, завершите сеансы и снимите остановку, когда всё выяснится. Экстренные номера набираются и сейчас, остальные сотрудники звонят как обычно.`,
      en: `The dialling of ${name} is stopped: ${why.en}. This is what a stolen account looks like. Change the password, end the sessions, and lift the stop when all is clear. Emergency numbers still go out, and everybody else calls as usual.`
    }
  }
}
