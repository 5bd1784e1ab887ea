import { randomBytes } from 'node:crypto'
import type { DialTarget } from '../../ivr/block.ts'
import type { Call, Caller, Order } from '../call/types.ts'
import { newPlacedCall } from '../call/step.ts'
import type { Directory } from '../routing/directory.ts'
import type { Normalise } from './arrivals.ts'

/** What a telephone of ours may dial. */
export type Dialled = { kind: 'slot'; slot: number } | { kind: 'target'; target: DialTarget }

/** Reads what was dialled at a telephone of ours: `*71` takes the call in slot 71, a short number is a colleague's. */
export function readDialled(
  raw: string,
  directory: Pick<Directory, 'extensions'>,
  country: string,
  normalise: Normalise
): Dialled {
  const slot = /^\*(\d{1,4})$/.exec(raw)?.[1]
  if (slot !== undefined) return { kind: 'slot', slot: Number(slot) }
  const userId = directory.extensions.get(raw)
  if (userId !== undefined) return { kind: 'target', target: { kind: 'user', userId } }
  // What is no number is left as it is: the dialling policy says so, and the attempt is on the tape.
  const number = normalise(raw, country)?.e164 ?? raw
  return { kind: 'target', target: { kind: 'external', number } }
}

/** A call of this order, with its client as far as we know them. */
export function callOf(order: Order, directory: Directory, normalise: Normalise, nowMs: number): Call {
  const { test } = order
  const { client, dialed } = test
    ? { client: test.caller, dialed: test.number?.e164 ?? '' }
    : clientOf(order, directory, normalise)
  return newPlacedCall({ id: uuidv7(nowMs), startedMs: nowMs, order, client, dialed })
}

function clientOf(
  { target, contact }: Order,
  directory: Directory,
  normalise: Normalise
): { client: Caller; dialed: string } {
  if (target.kind === 'user') {
    const user = directory.users.get(target.userId)
    const extension = user?.extension ?? null
    return {
      client: { number: null, name: user?.name ?? null, country: null, region: null },
      dialed: extension ?? user?.name ?? ''
    }
  }
  const phone = normalise(target.number, 'RU')
  return {
    client: {
      number: phone?.e164 ?? target.number,
      name: contact?.name ?? null,
      country: phone?.country ?? null,
      region: phone?.region ?? null
    },
    dialed: phone?.e164 ?? target.number
  }
}

/** What an order made at a telephone wants: a call whose operator is there already. */
export function orderOfPhone(
  target: DialTarget,
  phone: NonNullable<Order['phone']>,
  directory: Directory
): Order {
  const contact = target.kind === 'external' ? (directory.contacts.get(target.number) ?? null) : null
  return {
    callType: 'pbx',
    orderId: null,
    target,
    operators: null,
    phone,
    byUserId: phone.userId,
    numberId: null,
    source: null,
    site: null,
    contact,
    parentCallId: null,
    ringSeconds: 60,
    record: true
  }
}

/** RFC 9562: 48 bits of time, the rest random. */
export function uuidv7(nowMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
