import { ForeignError, type Client, type Connection, type Step } from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createTurns } from '../connectors/turns.ts'
import { createApi } from './api.ts'
import { deeds } from './deeds.ts'
import type { LptrackerSettings } from './settings.ts'

const dayMs = 24 * 60 * 60_000

/** A connection to one project. @param makeLink an address under which a record opens without a login, or null */
export function createClient(connection: Connection, makeLink: MakeLink, baseUrl: string): Client {
  const settings = connection.settings as LptrackerSettings
  const { project } = settings
  const { ask, login } = createApi(connection, baseUrl)
  // Two calls of a new client at once would make two contacts.
  const inTurn = createTurns()
  /** Comments that certainly did not arrive. */
  const unsaid = new Set<string>()

  const find = async (
    query: Readonly<Record<string, string>>
  ): Promise<Record<string, unknown> | undefined> => {
    const search = new URLSearchParams({ project_id: project, ...query }).toString()
    return listOf(await ask('GET', `contact/search?${search}`)).map(recordOf)[0]
  }

  /** The contact with this phone or mail; made where there is none. */
  async function contact({ params }: Step): Promise<unknown> {
    const [phone, mail] = [textOf(params['phone']), textOf(params['mail'])]
    const known = (phone && (await find({ phone }))) || (mail && (await find({ email: mail })))
    if (known) return known
    return ask('POST', 'contact', {
      project_id: Number(project),
      name: params['name'],
      details: [
        ...(phone === '' ? [] : [{ type: 'phone', data: phone }]),
        ...(mail === '' ? [] : [{ type: 'email', data: mail }])
      ]
    })
  }

  /** Ids and names of stages in which nothing is wanted any more. */
  async function closed(): Promise<Set<string>> {
    const names = settings.closedStages
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean)
    if (names.length === 0) return new Set()
    const stages = listOf(await ask('GET', `project/${project}/funnel`)).map(recordOf)
    return new Set(
      stages
        .filter((stage) => names.includes(textOf(stage['name']).toLowerCase()))
        .map((stage) => textOf(stage['id']))
    )
  }

  async function openLead(contactId: string): Promise<Record<string, unknown> | undefined> {
    const leads = listOf(await ask('GET', `contact/${contactId}/leads`)).map(recordOf)
    if (leads.length === 0) return undefined
    const gone = await closed()
    return leads
      .filter(({ funnel }) => !gone.has(textOf(recordOf(funnel)['id']) || textOf(funnel)))
      .toSorted((a, b) => Number(b['id']) - Number(a['id']))[0]
  }

  /** The open lead; made where there is none and one is wanted. */
  async function lead({ params }: Step): Promise<unknown> {
    const known = await openLead(textOf(params['contact']))
    if (known) return known
    return params['isCreating'] === true ? ask('POST', 'lead', recordOf(params['lead'])) : null
  }

  /** Comments cannot be asked for: one whose answer was lost counts as said, one that was turned away does not. */
  async function comment({ params, recordingId }: Step, wasAsked: boolean): Promise<unknown> {
    const [id, text] = [textOf(params['lead']), textOf(params['text'])]
    const key = `${id} ${text}`
    if (wasAsked && !unsaid.has(key)) return null
    const link =
      recordingId === undefined ? null : makeLink(recordingId, connection.now() + settings.recordDays * dayMs)
    const isEmpty = recordingId !== undefined && link === null && !text.includes('\n')
    // A record that nobody can open is no news.
    if (isEmpty) return null
    const whole = link === null ? text : `${text}\n${textOf(params['linkLabel'])}: ${link}`
    try {
      const said = await ask('POST', `lead/${id}/comment`, { text: whole })
      unsaid.delete(key)
      return said
    } catch (error) {
      const isTurnedAway =
        error instanceof ForeignError && (/^http\d/.test(error.code) || error.code === 'ECONNREFUSED')
      if (isTurnedAway) unsaid.add(key)
      else unsaid.delete(key)
      throw error
    }
  }

  return {
    do: (step, wasAsked) => {
      const { method, params } = step
      if (method === deeds.contact)
        return inTurn(`${textOf(params['phone'])} ${textOf(params['mail'])}`, () => contact(step))
      if (method === deeds.lead) return inTurn(`lead ${textOf(params['contact'])}`, () => lead(step))
      return comment(step, wasAsked)
    },
    async prepare() {
      await ask('GET', `project/${project}`)
    },
    people: async () =>
      listOf(await ask('GET', 'staff'))
        .map(recordOf)
        .map((one) => ({
          id: textOf(one['id']),
          name: textOf(one['name']) || textOf(one['email']),
          extension: null,
          mail: textOf(one['email']) || null
        })),
    async owner(phone) {
      const known = await find({ phone: phone.replace(/\D/g, '') })
      if (!known) return null
      const open = await openLead(textOf(known['id']))
      const owner = recordOf(open?.['owner'])
      return {
        contactName: textOf(known['name']) || null,
        foreignUser: textOf(owner['id']) || textOf(open?.['owner']) || null
      }
    },
    async join(given) {
      const keys = { ...(await connection.keys()), ...given }
      if (!keys['login'] || !keys['password'])
        throw new ForeignError('login', 'notInstalled', 'There is no login for LPTracker yet')
      return login(keys)
    },
    couldNot: () => Promise.resolve()
  }
}
