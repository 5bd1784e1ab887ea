import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import {
  prompt,
  promptAudio,
  promptCreate,
  promptPatch,
  promptPreview,
  type Prompt
} from '../contract/media.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps, MediaStore, SoundBefore } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { sendFile } from '../send-file.ts'
import { dictatedFile } from './dictations.ts'
import { heard } from './media-errors.ts'

/** Prompts of one's own: uploaded, or spoken by the synthetic voice. Schemes play them as `prompts/<id>`. */
export function promptRoutes(deps: ApiDeps): Endpoint[] {
  const { db, media } = deps
  const common = crud(db, {
    things: 'prompts',
    thing: 'prompt',
    item: prompt,
    create: promptCreate,
    patch: promptPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    read: (reader, rows) => promptItems(reader, media, rows),
    afterDelete: (_trx, row) => Promise.resolve(() => media.removePrompt(String(row['id'])))
  }).filter(({ route }) => route !== 'POST /api/prompts')

  const one = async (row: Row): Promise<Prompt> => {
    const [item] = await promptItems(db, media, [row])
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    ...common,
    endpoint({
      route: 'POST /api/prompts',
      summary:
        'Add a prompt: an audio file (a form, or the file alone with `name` and `locale` in the query), or JSON with `text` and `locale` to be spoken. wav, mp3, ogg (Vorbis), opus, flac, aiff; 20 MB, 10 minutes',
      body: promptCreate,
      answer: prompt,
      status: 201,
      takesUpload: true,
      async handle(context) {
        const id = randomUUID()
        const { name, locale } = context.body
        const made = await makeAudio(deps, id, context)
        const title = name ?? titleOf(context)
        if (title === null) {
          await media.removePrompt(id)
          throw new ApiError('invalid', { errors: [{ path: 'name', message: 'is needed' }] })
        }
        const values = { id, name: title, locale: locale ?? null, created_by: context.who.userId, ...made }
        const row = await withoutRemains(media, id, () =>
          db.transaction(async (trx) => {
            const [inserted] = (await trx('prompts').insert(values).returning('*')) as Row[]
            await audit(trx, context, {
              ...{ action: 'prompt.create', entity: 'prompt', entityId: id },
              change: { before: null, after: { name: title, locale: values.locale, ...told(values) } }
            })
            return inserted ?? values
          })
        )
        context.res.set('Location', `/api/prompts/${id}`)
        return one(row)
      }
    }),
    endpoint({
      route: 'PUT /api/prompts/:id/audio',
      summary: 'Replace the audio of a prompt, by a file or a spoken text; its id and its schemes stay',
      body: promptAudio,
      answer: prompt,
      takesUpload: true,
      async handle(context) {
        const before = await findRow(db, 'prompts', context.id)
        const made = await media.keepingBefore(context.id, aboutOf(before), () =>
          makeAudio(deps, context.id, context)
        )
        const row = await db.transaction(async (trx) => {
          const [changed] = (await trx('prompts')
            .where({ id: context.id })
            .update({ ...made, updated_at: trx.fn.now() })
            .returning('*')) as Row[]
          if (!changed) throw new ApiError('not_found')
          await audit(trx, context, {
            ...{ action: 'prompt.replace', entity: 'prompt', entityId: context.id },
            data: { name: changed['name'] },
            change: { before: told(before), after: told(changed) }
          })
          return changed
        })
        return one(row)
      }
    }),
    endpoint({
      route: 'POST /api/prompts/:id/undo',
      summary:
        'Put back the audio that a prompt had before its last replacement; once more brings the newer one back',
      answer: prompt,
      async handle(context) {
        const row = await db.transaction(async (trx) => {
          const before = await trx('prompts').where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          const about = await media.swapBefore(context.id, aboutOf(before))
          if (!about) throw new ApiError('not_undoable')
          const { seconds, originalName, text } = about
          const [changed] = (await trx('prompts')
            .where({ id: context.id })
            .update({ seconds, original_name: originalName, text, updated_at: trx.fn.now() })
            .returning('*')) as Row[]
          if (!changed) throw new ApiError('not_found')
          await audit(trx, context, {
            ...{ action: 'prompt.undo', entity: 'prompt', entityId: context.id },
            data: { name: changed['name'] },
            change: { before: told(before), after: told(changed) }
          })
          return changed
        })
        return one(row)
      }
    }),
    endpoint({
      route: 'GET /api/prompts/:id/audio',
      summary: 'Get the audio of a prompt; takes byte ranges',
      raw: 'audio/wav',
      async handle(context) {
        await findRow(db, 'prompts', context.id)
        const file = await media.promptFile(context.id)
        if (!file) throw new ApiError('recording_not_available')
        await sendFile(context, file)
      }
    }),
    endpoint({
      route: 'POST /api/prompts/preview',
      summary: 'Hear how a text would be spoken',
      body: promptPreview,
      raw: 'audio/wav',
      async handle(context) {
        const { text, locale } = context.body
        await sendFile(context, await heard(() => media.preview(text, locale)))
      }
    })
  ]
}

/** What is told of the audio that a row has now. */
const aboutOf = (row: Row): SoundBefore => ({
  seconds: Number(row['seconds']),
  originalName: typeof row['original_name'] === 'string' ? row['original_name'] : null,
  text: typeof row['text'] === 'string' ? row['text'] : null,
  replacedAt: new Date().toISOString()
})

/** For the audit. */
const told = (row: Row): Row => ({ seconds: Number(row['seconds']), file: row['original_name'] ?? null })

interface AudioBody {
  text?: string | undefined
  locale?: 'ru' | 'en' | null | undefined
  dictationId?: string | undefined
}

/** Makes the audio of a prompt by what the request brings. @returns the columns that tell of it */
async function makeAudio(
  { media, pbx }: ApiDeps,
  id: string,
  { upload, body, who }: Context<unknown, AudioBody>
): Promise<{ seconds: number; original_name: string | null; text: string | null }> {
  const { text, locale, dictationId } = body
  if (dictationId !== undefined) {
    const bytes = await readFile(await dictatedFile(pbx, dictationId, who.userId))
    const { seconds } = await heard(() => media.savePrompt(id, bytes))
    return { seconds, original_name: null, text: null }
  }
  if (upload) {
    const { seconds } = await heard(() => media.savePrompt(id, upload.bytes))
    return { seconds, original_name: upload.fileName, text: null }
  }
  if (text === undefined || !locale) {
    const path = text === undefined ? 'text' : 'locale'
    throw new ApiError('invalid', { errors: [{ path, message: 'is needed where no file is sent' }] })
  }
  const { seconds } = await heard(() => media.speakPrompt(id, text, locale))
  return { seconds, original_name: null, text }
}

/** A file's name without its ending; null without one. */
function titleOf({ upload }: Context): string | null {
  const title = upload?.fileName?.replace(/\.[A-Za-z0-9]{1,5}$/, '').trim()
  return title === undefined || title === '' ? null : title
}

/** Files that no row came to name are taken away again. */
async function withoutRemains<T>(media: MediaStore, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await media.removePrompt(id)
    throw error
  }
}

async function promptItems(db: Knex, media: MediaStore, rows: Row[]): Promise<Prompt[]> {
  const makers = rows.map((row) => row['created_by']).filter((maker) => typeof maker === 'string')
  const users = await db('users').whereIn('id', makers).select<{ id: string; name: string }[]>('id', 'name')
  const byId = new Map(users.map((user) => [user.id, user]))
  return Promise.all(
    rows.map(async (row) => {
      const id = String(row['id'])
      return itemOf(prompt, row, {
        seconds: Number(row['seconds']),
        state: (await media.promptFile(id)) ? 'ready' : 'missing',
        sound: `prompts/${id}`,
        url: `/api/prompts/${id}/audio`,
        before: await media.promptBefore(id),
        createdBy: byId.get(String(row['created_by'])) ?? null
      })
    })
  )
}
