import { audit } from '../audit.ts'
import { notice, notices, noticesRead, reminderSettings, type ReminderSettings } from '../contract/tasks.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { itemOf, type Row } from '../rows.ts'

const shown = 30

/** What a person is told of, and how they wish to be told. */
export function noticeRoutes({ db }: ApiDeps): Endpoint[] {
  async function settingsOf(userId: string): Promise<ReminderSettings> {
    const row = await db('reminder_settings')
      .where({ user_id: userId })
      .first<{ mail: string | null; quiet_from: number | null; quiet_to: number | null } | undefined>()
    const { mail = null, quiet_from: from = null, quiet_to: to = null } = row ?? {}
    return { mail, quiet: from === null || to === null ? null : { from, to } }
  }

  return [
    endpoint({
      route: 'GET /api/me/notices',
      summary: 'Notices of whoever asks, the newest first',
      answer: notices,
      async handle({ who }) {
        const own = { user_id: who.userId }
        const [rows, unread] = await Promise.all([
          db('notices').where(own).orderBy('at', 'desc').orderBy('id').limit(shown) as Promise<Row[]>,
          db('notices').where(own).whereNull('read_at').count<{ count: string }[]>('*')
        ])
        return { items: rows.map((row) => itemOf(notice, row)), unread: Number(unread[0]?.count ?? 0) }
      }
    }),
    endpoint({
      route: 'POST /api/me/notices/read',
      summary: 'Say that notices were seen',
      body: noticesRead,
      async handle({ who, body }) {
        const rows = db('notices').where({ user_id: who.userId }).whereNull('read_at')
        if (body.ids) rows.whereIn('id', body.ids)
        await rows.update({ read_at: db.fn.now() })
      }
    }),
    endpoint({
      route: 'GET /api/me/reminders',
      summary: 'How whoever asks wishes to be reminded',
      answer: reminderSettings,
      handle: ({ who }) => settingsOf(who.userId)
    }),
    endpoint({
      route: 'PUT /api/me/reminders',
      summary: 'Choose whether letters come, and when nothing shall',
      body: reminderSettings,
      answer: reminderSettings,
      async handle(context) {
        const { who, body } = context
        const before = await settingsOf(who.userId)
        await db.transaction(async (trx) => {
          await trx('reminder_settings')
            .insert({
              user_id: who.userId,
              mail: body.mail,
              quiet_from: body.quiet?.from ?? null,
              quiet_to: body.quiet?.to ?? null
            })
            .onConflict('user_id')
            .merge()
          await audit(trx, context, {
            ...{ action: 'reminders.change', entity: 'user', entityId: who.userId },
            change: { before, after: body }
          })
        })
        return settingsOf(who.userId)
      }
    })
  ]
}
