import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { createCrm } from '../../../crm/crm.ts'
import { announceNothing } from '../../../crm/ports.ts'
import { roistat } from '../../../integrations/roistat/index.ts'
import { createTestDatabase } from '../../support/database.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { askedBy, startCloud, type Cloud } from './stub.ts'

type Row = Record<string, unknown>

export const user = 'roistat'
export const password = 'seven-seals'

/** A project of Roistat linked with a world of ours, whose CRM works. */
export interface Link {
  world: World
  cloud: Cloud
  id: string
  siteId: string
  /** A visit of ours, with the cookie of Roistat. */
  visit(roistatVisit: string): Promise<{ visitId: string; visitorId: string }>
  /** Asks as Roistat does: where it is told to ask again, it does. */
  ask(
    given: Record<string, string>,
    as?: { user: string; token: string }
  ): Promise<{ status: number; body: Row }>
  close(): Promise<void>
}

export async function openLink(): Promise<Link> {
  const database = await createTestDatabase()
  let nowOf: () => number = () => Date.now()
  const cloud = await startCloud(() => nowOf())
  const world = await foundWorld(database, (now) => {
    nowOf = now
    const makeLink = (recording: string) => `https://pbx.example.com/api/shared-recordings/${recording}.mp3`
    return [roistat(makeLink, cloud.url)]
  })
  const { db } = world
  const log = pino({ level: 'silent' })
  const crm = createCrm({ db, databaseUrl: database.url, announce: announceNothing, log })
  crm.start()
  const [site] = await db('sites')
    .insert({ name: 'Окна', domain: 'okna.example.com' })
    .returning<{ id: string }[]>('id')
  const siteId = site?.id ?? ''
  const flags = { isSendingCalls: true, isSendingForms: true, isMarking: true }
  const keys = { apiKey: cloud.apiKey, leadKey: cloud.leadKey, password }
  const settings = { project: '12345', user, ...flags, currency: 'RUB', locale: 'ru' }
  const id = await world.add('roistat', settings, keys)
  return {
    ...{ world, cloud, id, siteId },
    async visit(roistatVisit) {
      const [visitorId, visitId] = [randomUUID(), randomUUID()]
      const page = 'https://okna.example.com/'
      await db('visitors').insert({ id: visitorId, site_id: siteId, touch: '{}' })
      await db('visits').insert({
        ...{ id: visitId, visitor_id: visitorId, site_id: siteId, landing_url: page, page_url: page },
        ...{ rule: 'campaign', inquiry_channel: 'paid', source: 'yandex', medium: 'cpc', campaign: 'Окна' },
        cookies: JSON.stringify({ roistat_visit: roistatVisit })
      })
      return { visitId, visitorId }
    },
    async ask(given, as = askedBy(user, password)) {
      const query = { ...as, ...given }
      const request = { method: 'GET' as const, path: '', query, body: null, headers: {} }
      const token = await hookTokenOf(world, id)
      for (let times = 1; ; times += 1) {
        const answer = await world.connectors.serve('roistat', token, request)
        if (!answer) throw new Error('Nobody answered')
        if (answer.status !== 503 || times === 3) return { status: answer.status, body: answer.body as Row }
      }
    },
    async close() {
      await crm.stop()
      await world.close()
      await cloud.close()
      await database.drop()
    }
  }
}
