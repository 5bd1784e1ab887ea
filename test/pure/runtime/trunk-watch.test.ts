import { expect } from 'chai'
import { pino } from 'pino'
import type { AmiContact, RegistrationDetail } from '../../../pbx/ami/client.ts'
import type { TrunkLink } from '../../../pbx/provision/trunk-objects.ts'
import { createTrunkWatch, type TrunkEvent } from '../../../pbx/runtime/trunk-watch.ts'

type Contacts = Map<string, AmiContact>
type Registrations = Map<string, RegistrationDetail>

const link: TrunkLink = {
  ...{ id: 't1', endpoint: 'trunk-one', name: 'Carrier', kind: 'address', host: 'sip.example', port: 5060 },
  ...{ transport: 'udp', username: null, secret: null, isChecked: true, matchAddresses: [], codecs: ['alaw'] }
}
const contact = (state: AmiContact['state'], roundtripMs?: number): AmiContact => ({
  ...{ aor: link.endpoint, uri: 'sip:sip.example:5060', state },
  ...(roundtripMs !== undefined && { roundtripMs })
})
const listed = (one: AmiContact): Contacts => new Map([[one.aor, one]])

/** A watch over an Asterisk that says what it is told to. */
function watch(links: readonly TrunkLink[] = [link]) {
  const listeners = new Map<string, (told: unknown) => void>()
  const events: TrunkEvent[] = []
  const answers = {
    contacts: (): Promise<Contacts> => Promise.resolve(new Map<string, AmiContact>()),
    registrations: (): Promise<Registrations> => Promise.resolve(new Map<string, RegistrationDetail>())
  }
  const watched = createTrunkWatch({
    ari: { isUp: true, getObject: () => Promise.reject(new Error('Nobody asks')) },
    ami: {
      on: (event: string, listener: (told: unknown) => void) => listeners.set(event, listener),
      contacts: () => answers.contacts(),
      registrations: () => answers.registrations()
    } as never,
    ...{ log: { read: () => Promise.resolve([]) }, load: () => new Map() },
    history: { of: () => events, add: (_, event) => events.unshift(event) },
    logger: pino({ level: 'silent' })
  })
  watched.load(links)
  return {
    ...{ watched, answers, events },
    tell: (event: 'contact' | 'registrations', told: unknown) => listeners.get(event)?.(told)
  }
}

describe('How a trunk stands', () => {
  it('is what was told last, also while an older list is still on its way', async () => {
    const { watched, answers, events, tell } = watch()
    let give: (list: Contacts) => void = () => undefined
    answers.contacts = () => new Promise((resolve) => (give = resolve))
    const look = watched.refresh()
    // The list was made before the OPTIONS ran out; both arrive in one piece.
    give(listed(contact('reachable')))
    tell('contact', contact('unreachable'))
    await look
    expect(watched.states().get(link.id)).to.equal('unreachable')
    expect(events.map(({ state }) => state)).to.deep.equal(['unreachable', 'configured'])
    answers.contacts = () => Promise.resolve(listed(contact('reachable', 12.5)))
    await watched.refresh()
    expect(watched.states().get(link.id)).to.equal('configured')
  })

  it('is not set back by a list of registrations that waited for the one of addresses', async () => {
    const { watched, answers, tell } = watch([{ ...link, kind: 'registration', username: 'shop' }])
    const stands = (state: RegistrationDetail['state']): Registrations =>
      new Map([[link.endpoint, { state, nextSeconds: null }]])
    let give: (list: Contacts) => void = () => undefined
    answers.registrations = () => Promise.resolve(stands('rejected'))
    answers.contacts = () => new Promise((resolve) => (give = resolve))
    const look = watched.refresh()
    await new Promise(setImmediate)
    tell('registrations', stands('registered'))
    give(new Map())
    await look
    expect(watched.states().get(link.id)).to.equal('registered')
  })

  it('stays what was told when a list does not name the trunk', async () => {
    const { watched, tell } = watch()
    tell('contact', contact('unreachable'))
    expect((await watched.facts())[0]?.state).to.equal('unreachable')
    tell('contact', contact('reachable', 12.5))
    expect((await watched.facts())[0]?.state).to.equal('configured')
  })

  it('has no answer before the first was asked for', async () => {
    const { watched, answers, tell } = watch()
    answers.contacts = () => Promise.resolve(listed(contact('reachable')))
    const answer = async () => (await watched.facts())[0]?.answer
    expect(await answer()).to.equal(null)
    tell('contact', contact('reachable', 12.5))
    expect(await answer()).to.deep.equal({ isThere: true, milliseconds: 12.5 })
    tell('contact', contact('unreachable'))
    expect(await answer()).to.deep.equal({ isThere: false, milliseconds: null })
  })
})
