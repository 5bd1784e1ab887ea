import { expect } from 'chai'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JournalCall, JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import { blockKinds, madeKinds } from '../../ivr/blocks/index.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { simulate, type Scenario, type Simulation } from '../../ivr/simulate.ts'
import { atOnce, openOffice, type Desk, type Office } from '../sip/office.ts'
import type { Dialog } from '../sip/dialog.ts'
import type { Peer } from '../sip/peer.ts'
import { until } from '../support/until.ts'
import { groupOf } from './chaos.ts'
import { otherScheme, type Around } from './simulated-blocks.ts'
import { cases, type Case } from './simulated-cases.ts'
import { draftScenarios } from './simulated-draft.ts'

interface Prepared {
  desk: Desk
  around: Around
  blocks: Scheme['blocks']
  caller: Peer
  callerNumber: string | null
  contactId: string | null
}

/** What a call went through, as far as both its simulation and its tape tell it. */
interface Went {
  way: string
  pressed: string[]
  heard: string[]
  rung: string[]
  dialled: string[]
  talkedWith: string[]
  tags: readonly string[]
  rating: number | null
  outcome: string
}

describe('A real call goes the way that the simulator told', function () {
  this.timeout(60_000)
  let office: Office
  /** Whose operator a draft that is tried out really rings. */
  let realDesk: Desk
  const prepared = new Map<string, Prepared>()
  const talks: Promise<void>[] = []
  /** The caller of a number outside, and what becomes of it, by that number. */
  const outward = new Map<string, { dial: Case['dial']; talksWith: (carrier: Dialog) => void }>()
  const lookups = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname.slice(1))
    const said = cases[name]?.lookup?.said
    const around = prepared.get(name)?.around
    // Silence: it is waited for no longer than the block says.
    if (said === null || said === undefined) return
    response.end(
      said.replace('OPERATOR', around?.operators[0]?.id ?? '').replace('OUTSIDE', around?.outside ?? '')
    )
  })

  before(async function () {
    this.timeout(120_000)
    const count = Object.values(cases).reduce((sum, { operators = [] }) => sum + operators.length, 0)
    office = await openOffice(17_800, 58, count + 1)
    await new Promise<void>((resolve) => lookups.listen(0, '127.0.0.1', resolve))
    await office.carrier({
      onCall: (dialog) => {
        const number = /^INVITE sip:([^@;]+)/.exec(dialog.heard[0]?.first ?? '')?.[1] ?? ''
        const wanted = outward.get(number)
        if (wanted?.dial === 'answers') wanted.talksWith(dialog)
        else if (wanted?.dial === 'busy') dialog.refuse('486 Busy Here')
        else if (wanted?.dial === 'failed') dialog.refuse('404 Not Found')
        else dialog.ring()
      }
    })
    const make = (name: string, draft: Scheme) =>
      office.instance.api<{ id: string }>('POST', '/api/schemes', { name, draft })
    const [other, unpublished] = [await make('Other', otherScheme), await make('Draft', otherScheme)]
    await office.instance.api('POST', `/api/schemes/${other.id}/publish`)
    const names = Object.keys(cases)
    await Promise.all(names.map((name, index) => prepare(name, index, other.id, unpublished.id)))
    // Numbers that are made at one time may be routed one by another: calls begin when all of them are, and with
    // them everything that was written before.
    realDesk = await office.desk({
      blocks: { first: { type: 'hangup', settings: {}, exits: {} } }
    })
    expect(realDesk.number).to.match(/^\+7/)
    await until(
      async () => {
        const text = await (await fetch(`${office.instance.url}/metrics`)).text()
        return Number(/^pbx_routed_numbers (\d+)$/m.exec(text)?.[1]) > names.length
      },
      { what: 'every number has a route' }
    )
  })
  after(async () => {
    lookups.closeAllConnections()
    lookups.close()
    await office.close()
  })

  async function prepare(name: string, index: number, otherSchemeId: string, draftSchemeId: string) {
    const it = cases[name]
    if (!it) throw new Error(`No case ${name}`)
    const { port } = lookups.address() as AddressInfo
    const outside = `+74957654${String(index).padStart(3, '0')}`
    let around: Around | undefined
    let blocks: Scheme['blocks'] = {}
    const firstGroupId = ''
    const desk = await office.desk({
      operators: it.operators?.length ?? 0,
      blocks: async (groupId, operators) => {
        around = {
          ...{ groupId, operators, outside, otherSchemeId, draftSchemeId },
          firstGroupId: operators.length > 1 ? await groupOf(office.instance, operators[0]) : firstGroupId,
          lookupUrl: `http://127.0.0.1:${port}/${encodeURIComponent(name)}`,
          nowMs: Date.now()
        }
        blocks = it.blocks(around)
        return blocks
      }
    })
    if (!around) throw new Error('The desk asked for no blocks')
    const callerNumber = it.isHidden ? null : `+7916100${String(index).padStart(4, '0')}`
    for (const [nth, reaction] of (it.operators ?? []).entries())
      if (reaction === 'busy') await away(desk.operators[nth]?.id ?? '')
    const contact = it.isKnown
      ? await office.instance.api<{ id: string }>('POST', '/api/contacts', {
          name: 'Мария',
          phones: [callerNumber],
          ownerId: desk.operators[0]?.id
        })
      : null
    const caller = await office.outside({ user: callerNumber ?? 'anonymous' })
    prepared.set(name, { desk, around, blocks, caller, callerNumber, contactId: contact?.id ?? null })
  }

  async function away(userId: string): Promise<void> {
    await office.instance.api('PATCH', `/api/users/${userId}`, { presence: 'away' })
    await until(async () => {
      const user = await office.instance.api<{ presence: string }>('GET', `/api/users/${userId}`)
      return user.presence === 'away'
    })
  }

  function imagine(it: Case, { around, blocks, callerNumber, contactId }: Prepared): Went {
    const isSomebodyThere = it.operators?.some((reaction) => reaction !== 'busy') === true
    const scenario: Scenario = {
      atMs: Date.now(),
      ownerId: contactId === null ? null : (around.operators[0]?.id ?? null),
      facts: { callerNumber, contactId, sourceId: office.company.sourceId, campaign: 'windows' },
      presses: it.presses ?? '',
      operators: around.operators.map(({ id, name }, index) => ({
        ...{ userId: id, name, reaction: it.operators?.[index] ?? 'silent' },
        groupIds: index === 0 ? [around.groupId, around.firstGroupId] : [around.groupId]
      })),
      queue: { ahead: 0, turnAfterSeconds: isSomebodyThere ? 0 : null },
      ...(it.lookup && { lookups: [it.lookup.read(around)] }),
      ...(it.dial && { dials: { '*': it.dial } }),
      schemes: { [around.otherSchemeId]: otherScheme }
    }
    const main = wentIn(simulate({ locale: 'ru', start: 'first', blocks }, scenario))
    if (!it.sendsOn) return main
    const [from, to] = around.operators.map(({ id }) => id)
    const settings = { target: { kind: 'user', userId: to }, returnTo: from }
    const exits = { talked: null, noAnswer: null }
    const detour: Scheme = {
      ...{ locale: 'ru', start: 'transfer' },
      blocks: { transfer: { type: 'transfer', settings, exits } }
    }
    const there = wentIn(simulate(detour, scenario))
    return {
      ...main,
      // The block that is left for a transfer ends after it.
      way: `${there.way}, ${main.way}`,
      pressed: [...there.pressed, ...main.pressed],
      rung: [...main.rung, ...there.rung],
      talkedWith: [...main.talkedWith, ...there.talkedWith]
    }
  }

  /** Everybody does what the case says of them, and the caller presses their keys. */
  async function really(it: Case, { desk, around, caller }: Prepared): Promise<Went> {
    const dialog = await caller.call(desk.number)
    let hasSentOn = it.sendsOn !== true
    /** Once both are heard: the end of it, or on to the next operator. */
    async function goOn(side: Dialog): Promise<void> {
      if (hasSentOn) {
        await side.hangup()
        return
      }
      hasSentOn = true
      const to = `<sip:${desk.extensions[1] ?? ''}@127.0.0.1:${office.instance.sipPort}>`
      await side.request('REFER', [`refer-to: ${to}`])
    }
    const talk = (hertz: number) => (side: Dialog) => {
      side.ring()
      side.answer()
      talks.push(
        until(() => dialog.media.heard(hertz) > 0.1 && side.media.heard(440) > 0.1, {
          what: `both sides of the call to ${desk.number} are heard`
        }).then(() => goOn(side))
      )
    }
    outward.set(around.outside, { dial: it.dial, talksWith: talk(600) })
    for (const [index, phone] of desk.phones.entries()) {
      const reaction = it.operators?.[index]
      const hertz = [1000, 1500, 2000][index] ?? 1000
      phone.options.onCall = (side) => {
        if (reaction === 'answers') talk(hertz)(side)
        else if (reaction === 'declines') side.refuse('603 Decline')
        else side.ring()
      }
    }
    if (it.presses !== undefined) {
      const callId = await until(async () => (await started()).get(desk.number), {
        everyMs: 250,
        what: `the call to ${desk.number} is in the journal`
      })
      await pressKeys(callId, dialog, it.presses)
    }
    await dialog.waitFor((message) => message.method === 'BYE' || message.status >= 300, 45_000)
    const call = await office.ended(desk.number)
    return wentOf(call, await office.moments(call.id))
  }

  /** Calls by the number called; asked for once for all who ask at that time. */
  let asking: Promise<Map<string, string>> | undefined
  function started(): Promise<Map<string, string>> {
    asking ??= office.instance
      .api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
      .then(({ items }) => new Map(items.map(({ dialedNumber, id }) => [dialedNumber ?? '', id])))
      .finally(() => (asking = undefined))
    return asking
  }

  async function pressKeys(callId: string, caller: Dialog, presses: string): Promise<void> {
    for (const [index, digit] of [...presses].entries()) {
      await until(async () => waitsOf(await office.moments(callId)) > index, {
        everyMs: 150,
        what: `a key is waited for ${index + 1} times`
      })
      if (digit !== '-') caller.media.key(digit, 101)
    }
  }

  it('every kind of block has a case', () => {
    const around: Around = {
      ...{ groupId: 'g', operators: [], firstGroupId: 'g', outside: '+7', lookupUrl: 'http://x' },
      ...{ otherSchemeId: 's', draftSchemeId: 's', nowMs: 0 }
    }
    const covered = Object.values(cases).flatMap((it) => {
      const blocks = it.blocks(around)
      return it.way.split(', ').map((step) => {
        const [id = ''] = step.split(' ')
        // A transfer makes its own block, of that name.
        return blocks[id]?.type ?? id
      })
    })
    // No scheme leads to `turnAway`, so the simulator has no word on it: `overload.test.ts` plays it.
    const kinds = [...blockKinds.keys(), ...madeKinds.keys()].filter((type) => type !== 'turnAway')
    expect(kinds.filter((type) => !covered.includes(type))).to.deep.equal([])
  })

  atOnce({
    ...draftScenarios(
      () => office,
      () => realDesk
    ),
    ...Object.fromEntries(
      Object.entries(cases).map(([name, it]) => [
        name,
        async () => {
          const ready = prepared.get(name)
          if (!ready) throw new Error(`The case ${name} was not prepared`)
          const imagined = imagine(it, ready)
          expect(imagined.way, 'as it is imagined').to.equal(it.way)
          expect(await really(it, ready)).to.deep.equal(imagined)
        }
      ])
    )
  })

  it('and whoever talked was heard by both sides', () => Promise.all(talks))
})

/** What the simulator says, in the words that both have. */
function wentIn({ path, tags, outcome }: Simulation): Went {
  return {
    way: wayOf(path),
    pressed: path.map(({ pressed }) => pressed),
    heard: path.flatMap(({ heard }) => heard),
    rung: path.flatMap(({ rung }) => rung),
    dialled: path.flatMap(({ dialled }) => dialled),
    talkedWith: path.flatMap(({ talkedWith }) => talkedWith ?? []),
    tags,
    rating: path.findLast(({ rating }) => rating !== null)?.rating ?? null,
    outcome
  }
}

/** What the tape says. */
function wentOf(call: JournalCallWithLegs, tape: readonly TapeEntry[]): Went {
  const steps = tape
    .filter(({ type, data }) => type === 'call.forwarding_step' && data['state'] === 'ended')
    .map(({ data }) => data as { block: string; exit: string | null; pressed: string | null })
  const effects = tape.flatMap((row) => row.effects)
  const of = <T>(type: string, read: (data: Record<string, unknown>) => T | null): T[] =>
    tape.flatMap((row) => (row.type === type ? (read(row.data) ?? []) : []))
  return {
    // Where a call goes on in another scheme, the tape says so instead of an exit.
    way: wayOf(steps.map(({ block, exit }) => ({ block, exit: exit === 'goto' ? null : exit }))),
    pressed: steps.map(({ pressed }) => pressed ?? ''),
    heard: effects.flatMap((effect) =>
      effect['do'] === 'play' ? (effect['sounds'] as Record<string, string>[]).map(soundName) : []
    ),
    rung: of('leg.started', ({ purpose, userId }) =>
      purpose === 'scheme' && typeof userId === 'string' ? userId : null
    ),
    dialled: effects.flatMap((effect) =>
      effect['do'] === 'ask' && effect['what'] === 'dial'
        ? [(effect['target'] as { number: string }).number]
        : []
    ),
    talkedWith: of('call.answered', ({ operator }) => {
      const { id, name } = operator as { id: string | null; name: string }
      return id ?? name
    }),
    tags: call.tags,
    rating: call.rating,
    outcome: outcomeOf(call, tape)
  }
}

const wayOf = (steps: readonly { block: string; exit: string | null }[]): string =>
  steps.map(({ block, exit }) => (exit === null ? block : `${block} ${exit}`)).join(', ')

function soundName(sound: Record<string, string>): string {
  if (sound['sound'] !== undefined) return sound['sound']
  return sound['text'] === undefined ? `number:${sound['number'] ?? ''}` : `text:${sound['text']}`
}

function outcomeOf({ outcome }: JournalCallWithLegs, tape: readonly TapeEntry[]): string {
  if (outcome === 'answered') return 'talked'
  if (tape.some(({ type }) => type === 'call.callback_promised')) return 'callback'
  return outcome === 'voicemail' ? 'message' : 'hungUp'
}

/** How often the call has waited for a key so far: a timer runs, nothing is said, and nobody is rung. */
function waitsOf(tape: readonly TapeEntry[]): number {
  let isPlaying = false
  let count = 0
  for (const { type, effects } of tape) {
    if (type === 'played' || type === 'call.forwarding_step') isPlaying = false
    const names = effects.map((effect) => effect['do'])
    for (const name of names) {
      if (name === 'play') isPlaying = true
      if (name === 'stopPlaying') isPlaying = false
    }
    const isBusy =
      isPlaying || names.some((name) => ['originate', 'ask', 'recordVoicemail'].includes(String(name)))
    if (names.includes('timer') && !isBusy) count += 1
  }
  return count
}
