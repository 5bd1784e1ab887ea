import type { Knex } from 'knex'
import type { z } from 'zod'
import type { Refusal, Wish } from '../../pbx/call/events.ts'
import type { WatchMode } from '../../pbx/call/types.ts'
import { leadRoles } from '../access.ts'
import { audit } from '../audit.ts'
import {
  holdBody,
  parkBody,
  prioritiseBody,
  pauseRecordingBody,
  silence,
  transferBody,
  watchBody,
  wishAnswer,
  type TransferTargetBody
} from '../contract/call-wishes.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { projectAll } from '../live/board.ts'
import { ApiError } from '../problems.ts'

type Done = z.output<typeof wishAnswer>

/** Parking places, as an operator reads them out to a colleague. */
const slots = Array.from({ length: 90 }, (_, index) => index + 10)

/**
 * What people may do with a call in progress. The call's own machine grants or refuses each wish; a refusal is a 409
 * with its code.
 */
export const callWishRoutes = (deps: ApiDeps): Endpoint[] => {
  const { db, pbx } = deps

  async function tryWish(context: Context, wish: Wish): Promise<'done' | Refusal> {
    const result = await pbx.wish(context.id, await personOf(db, context), wish)
    if (result === 'notFound') throw await whyNotFound(db, context.id)
    return result
  }

  async function wish(context: Context, what: Wish): Promise<Done> {
    const result = await tryWish(context, what)
    if (result !== 'done') throw new ApiError(result)
    return { result }
  }

  async function phonesOf(context: Context): Promise<readonly string[]> {
    const devices = await pbx.devicesOf(context.who.userId)
    if (devices.length === 0) throw new ApiError('no_phone')
    return devices
  }

  async function watch(context: Context, mode: WatchMode, isSilent: boolean): Promise<Done> {
    const done = await wish(context, { type: 'watch', mode, isSilent, devices: await phonesOf(context) })
    await note(context, 'call.watch', { mode, isSilent })
    return done
  }

  const note = (context: Context, action: string, data: Record<string, unknown> = {}): Promise<void> =>
    audit(db, context, { action, entity: 'call', entityId: context.id, data })

  function freeSlot(): number {
    const calls = [...projectAll(pbx.openCallRows()).values()]
    const taken = new Set(calls.map((call) => call.parked?.slot))
    const free = slots.find((slot) => !taken.has(slot))
    if (free === undefined) throw new ApiError('in_use', { detail: 'Every parking place is taken.' })
    return free
  }

  return [
    endpoint({
      route: 'POST /api/calls/:id/hold',
      summary: 'Let the client of your call hear music, or come back to them',
      body: holdBody,
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'hold', on: context.body.on })
    }),
    endpoint({
      route: 'POST /api/calls/:id/transfer',
      summary:
        'Give your call to a colleague, a group, a scheme or a number outside; `warm` speaks with them first',
      body: transferBody,
      answer: wishAnswer,
      async handle(context) {
        const { mode, note: words, target } = context.body
        await checkTarget(db, target)
        const done = await wish(context, {
          type: 'transfer',
          mode,
          target,
          note: words === undefined || words === null || words === '' ? null : words
        })
        // The note is the tape's, not the audit's: it is about the client.
        await note(context, 'call.transfer', { mode, target })
        return done
      }
    }),
    endpoint({
      route: 'POST /api/calls/:id/complete-transfer',
      summary: 'Leave the client to whoever you consult, or let them ring on for the client',
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'completeTransfer' })
    }),
    endpoint({
      route: 'POST /api/calls/:id/cancel-transfer',
      summary: 'Give up a warm transfer at any moment and go back to the client',
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'cancelTransfer' })
    }),
    endpoint({
      route: 'POST /api/calls/:id/swap',
      summary: 'Turn from whoever you consult to the client, or back',
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'swap' })
    }),
    endpoint({
      route: 'POST /api/calls/:id/join',
      summary: 'Bring whoever you consult into your talk; for supervisors, join somebody else’s talk',
      body: silence,
      answer: wishAnswer,
      async handle(context) {
        const result = await tryWish(context, { type: 'join' })
        if (result === 'done') return { result }
        const isStranger = result === 'not_yours' || result === 'not_in_talk'
        if (isStranger && leadRoles.includes(context.who.role))
          return watch(context, 'join', context.body.isSilent)
        throw new ApiError(result)
      }
    }),
    endpoint({
      route: 'POST /api/calls/:id/park',
      summary: 'Put the client of your call on a parking place, from which anybody may take them',
      body: parkBody,
      answer: wishAnswer,
      async handle(context) {
        const slot = freeSlot()
        return { ...(await wish(context, { type: 'park', slot, seconds: context.body.seconds })), slot }
      }
    }),
    endpoint({
      route: 'POST /api/calls/:id/take',
      summary: 'Take a parked call: your telephone rings, and the client is yours when you answer',
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'takeParked', phone: null })
    }),
    endpoint({
      route: 'POST /api/calls/:id/prioritise',
      summary: 'Move a caller up or down in the queue in which they wait',
      body: prioritiseBody,
      answer: wishAnswer,
      async handle(context) {
        const { priority } = context.body
        const done = await wish(context, { type: 'prioritise', priority })
        await note(context, 'call.prioritise', { priority })
        return done
      }
    }),
    endpoint({
      route: 'POST /api/calls/:id/pause-recording',
      summary: 'Stop recording your call for a while (a card number, say), or go on with it',
      body: pauseRecordingBody,
      answer: wishAnswer,
      async handle(context) {
        const { on } = context.body
        const done = await wish(context, { type: 'pauseRecording', on })
        await note(context, on ? 'call.pauseRecording' : 'call.resumeRecording')
        return done
      }
    }),
    endpoint({
      route: 'POST /api/calls/:id/watch',
      summary: 'Listen to a talk, whisper to its operator, or join it; again with another mode switches',
      body: watchBody,
      answer: wishAnswer,
      handle: (context) => watch(context, context.body.mode, context.body.isSilent)
    }),
    endpoint({
      route: 'POST /api/calls/:id/listen',
      summary: 'As `watch` with mode `listen`',
      body: silence,
      answer: wishAnswer,
      handle: (context) => watch(context, 'listen', context.body.isSilent)
    }),
    endpoint({
      route: 'POST /api/calls/:id/whisper',
      summary: 'As `watch` with mode `whisper`: only the operator hears you',
      body: silence,
      answer: wishAnswer,
      handle: (context) => watch(context, 'whisper', context.body.isSilent)
    }),
    endpoint({
      route: 'POST /api/calls/:id/stop-watching',
      summary: 'Leave a talk that you watch',
      answer: wishAnswer,
      handle: (context) => wish(context, { type: 'stopWatching' })
    }),
    endpoint({
      route: 'POST /api/calls/:id/take-over',
      summary: 'Take the client from the operator whose talk you watch',
      answer: wishAnswer,
      async handle(context) {
        const done = await wish(context, { type: 'takeOver' })
        await note(context, 'call.takeOver')
        return done
      }
    })
  ]
}

async function personOf(db: Knex, { who }: Context): Promise<{ userId: string; name: string }> {
  const row = await db<{ id: string; name: string }>('users').where({ id: who.userId }).first('name')
  return { userId: who.userId, name: row?.name ?? '' }
}

/** A call that is over is another thing than one that never was. */
async function whyNotFound(db: Knex, callId: string): Promise<ApiError> {
  return new ApiError((await exists(db, 'calls', { id: callId })) ? 'call_ended' : 'not_found')
}

async function exists(db: Knex, table: string, where: Record<string, unknown>): Promise<boolean> {
  const rows: unknown[] = await db(table).where(where).limit(1).select(db.raw('1'))
  return rows.length > 0
}

async function checkTarget(db: Knex, target: TransferTargetBody): Promise<void> {
  if (target.kind === 'external') return
  const isThere =
    target.kind === 'user'
      ? await exists(db, 'users', { id: target.userId, is_active: true })
      : target.kind === 'group'
        ? await exists(db, 'groups', { id: target.groupId })
        : await exists(db, 'scheme_versions', { scheme_id: target.schemeId })
  if (isThere) return
  throw new ApiError('unknown_reference', { errors: [{ path: 'target', message: 'does not exist' }] })
}
