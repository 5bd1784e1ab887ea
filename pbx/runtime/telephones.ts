import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriChannel } from '../ari/events.ts'
import type { CallEvent, Refusal, Wish } from '../call/events.ts'
import type { Leg, Order } from '../call/types.ts'
import type { Directory } from '../routing/directory.ts'
import { endpointOf, type Normalise } from './arrivals.ts'
import { bridgeLane, inLanes } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'
import type { Operators } from './operators.ts'
import { orderOfPhone, readDialled } from './placing.ts'
import { handingOf, legToGive, referTarget, type Refer } from './refer.ts'

/** A leg of a call in progress. */
export interface LiveLeg {
  live: LiveCall
  leg: Leg
}

export interface TelephonesOptions {
  ari: Ari
  operators: Operators
  directory(): Directory
  normalise: Normalise
  calls(): Iterable<LiveCall>
  legOf(channelId: string): LiveLeg | null
  place(order: Order): void
  tell(live: LiveCall, event: CallEvent): Refusal | null
  /** The next leg of a call is a telephone that has dialled. */
  takeIn(live: LiveCall, channelId: string, userId: string): void
  /** From now on this channel is a leg of that call, of none. */
  adoptLeg(live: LiveCall, channelId: string): void
  forgetLeg(channelId: string): void
  /** Hangs up a channel that belongs to no call. */
  drop(channelId: string, cause: number, why: string): void
  log: Logger
}

/** What our telephones do by themselves: they dial, and they ask for transfers by REFER. */
export function createTelephones(options: TelephonesOptions) {
  const { ari, operators, normalise, legOf, tell, drop, log } = options

  function dialled(channel: AriChannel, number: string, atMs: number): void {
    if (legOf(channel.id)) return
    const directory = options.directory()
    const device = endpointOf(channel.name)
    const userId = operators.ownerOf(device)
    const user = userId === null ? undefined : directory.users.get(userId)
    if (!user) {
      drop(channel.id, 21, 'A telephone of nobody dialled')
      return
    }
    const phone = { channelId: channel.id, userId: user.id, name: user.name, device }
    const wanted = readDialled(number, directory, countryOf(directory), normalise)
    if (wanted.kind === 'slot') takeParked(wanted.slot, phone, atMs)
    else options.place(orderOfPhone(wanted.target, phone, directory))
  }

  function takeParked(slot: number, phone: NonNullable<Order['phone']>, atMs: number): void {
    const { channelId, userId, name, device } = phone
    const parked = [...options.calls()].find(({ call }) => call.parked?.slot === slot)
    if (!parked) {
      drop(channelId, 1, 'Nobody waits in that slot')
      return
    }
    options.takeIn(parked, channelId, userId)
    const wish: Wish = { type: 'takeParked', phone: { channelId, device } }
    const refused = tell(parked, { type: 'wished', atMs, by: { userId, name }, wish })
    if (refused === null) return
    options.forgetLeg(channelId)
    operators.release(parked.call.id, userId, false, atMs)
    drop(channelId, 21, refused)
  }

  function referred(event: Refer): void {
    // Later ones tell of the progress that we have reported ourselves.
    if (event.state !== null) return
    const found = legOf(event.channelId)
    const isDone = found && (event.replaces === null ? blind(found, event) : attended(found, event))
    if (isDone) return
    void ari
      .transferProgress(event.channelId, 'channel_declined')
      .catch((error: unknown) => log.warn({ err: error }, 'A REFER could not be answered'))
  }

  /** @returns false when there is nobody of that name or number; else the call has answered the telephone */
  function blind({ live, leg }: LiveLeg, { destination, atMs }: Refer): boolean {
    if (leg.userId === null) return false
    const directory = options.directory()
    const target = referTarget(destination, (text) => {
      const userId = operators.ownerOf(text)
      if (userId !== null) return { kind: 'user', userId }
      const wanted = readDialled(text, directory, countryOf(directory), normalise)
      if (wanted.kind === 'slot') return null
      const { target: to } = wanted
      // A name of nobody's would only make the client wait.
      return to.kind === 'user' || /^\+?\d{2,20}$/.test(to.number) ? to : null
    })
    if (!target) return false
    const wish: Wish = { type: 'transfer', mode: 'blind', target, note: null }
    tell(live, { type: 'wished', atMs, by: { userId: leg.userId, name: leg.name }, wish, referLeg: leg.id })
    return true
  }

  /** Two calls of one telephone become one. @returns false when they cannot */
  function attended(referring: LiveLeg, { replacesChannelId, channelId, atMs }: Refer): boolean {
    const replaced = replacesChannelId === null ? null : legOf(replacesChannelId)
    const handing =
      replaced &&
      handingOf(
        { call: referring.live.call, leg: referring.leg },
        { call: replaced.live.call, leg: replaced.leg }
      )
    if (!handing) return false
    const [keeper, giver] =
      handing.keeper.leg === referring.leg ? [referring, replaced] : [replaced, referring]
    const leg = legToGive(giver.live.call, handing.given)
    // Before the telephone is hung up, which telling the calls brings about.
    const answered = () => ari.transferProgress(channelId, 'channel_answered')
    inLanes(referring.live, [referring.leg.id], 'referAnswer', answered, log)

    tell(giver.live, { type: 'legGiven', atMs, leg: handing.given.id, toCallId: keeper.live.call.id })
    // The party is brought over when the call that it leaves is done with it.
    const { lanes } = giver.live
    const left = Promise.all([lanes.get(handing.given.id), lanes.get(bridgeLane('main'))])
    const { nextLeg } = keeper.live.call
    keeper.live.lanes.set(`${leg.kind === 'operator' ? 'op' : 'ext'}${nextLeg}`, left)
    options.adoptLeg(keeper.live, leg.channelId ?? '')
    if (leg.userId !== null) {
      operators.hold(keeper.live.call.id, leg.userId)
      operators.release(giver.live.call.id, leg.userId, false, atMs)
    }
    tell(keeper.live, { type: 'legAdopted', atMs, leaving: keeper.leg.id, leg })
    return true
  }

  return { dialled, referred }
}

/** The country in which our telephones dial: that of our trunks. */
function countryOf(directory: Directory): string {
  for (const trunk of directory.trunks.values()) return trunk.country
  return 'RU'
}
