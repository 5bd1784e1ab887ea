import { stat } from 'node:fs/promises'
import { audit } from '../audit.ts'
import { dictation, dictationCreate } from '../contract/media.ts'
import type { ApiDeps, Pbx } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf } from '../rows.ts'
import { sendFile } from '../send-file.ts'

/** Prompts spoken into one's own telephone. Each is its speaker's alone until a prompt is made of it. */
export const dictationRoutes = ({ db, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/dictations',
    summary:
      'Ring one’s own telephones to speak a prompt: after the beep one speaks, # ends, then 1 keeps it and 2 records it again',
    body: dictationCreate,
    answer: dictation,
    status: 201,
    async handle(context) {
      const { userId } = context.who
      const devices = await pbx.devicesOf(userId)
      if (devices.length === 0) throw new ApiError('no_phone')
      if (!pbx.dictations) throw new ApiError('not_found')
      await audit(db, context, { action: 'prompt.dictate' })
      return itemOf(
        dictation,
        {},
        await pbx.dictations.start({ userId, devices, locale: context.body.locale })
      )
    }
  }),
  endpoint({
    route: 'GET /api/dictations/:id',
    summary: 'How far it is',
    answer: dictation,
    handle: async ({ id, who }) => itemOf(dictation, {}, await own(pbx, id, who.userId))
  }),
  endpoint({
    route: 'DELETE /api/dictations/:id',
    summary: 'Give it up: the telephone is hung up',
    async handle({ id, who }) {
      await own(pbx, id, who.userId)
      await pbx.dictations?.cancel(id)
    }
  }),
  endpoint({
    route: 'GET /api/dictations/:id/audio',
    summary: 'Hear what was kept; takes byte ranges',
    raw: 'audio/wav',
    async handle(context) {
      const path = await dictatedFile(pbx, context.id, context.who.userId)
      await sendFile(context, { path, contentType: 'audio/wav', bytes: (await stat(path)).size })
    }
  })
]

async function own(pbx: Pbx, id: string, userId: string) {
  const found = await pbx.dictations?.get(id)
  if (found?.userId !== userId) throw new ApiError('not_found')
  return found
}

/** The file of what somebody has spoken and kept. @throws ApiError not_found for anything else */
export async function dictatedFile(pbx: Pbx, id: string, userId: string): Promise<string> {
  await own(pbx, id, userId)
  const file = await pbx.dictations?.fileOf(id)
  if (!file) throw new ApiError('not_found')
  return file
}
