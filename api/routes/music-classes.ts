import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import {
  musicClass,
  musicClassCreate,
  musicClassPatch,
  musicTrack,
  musicTrackCreate,
  type MusicClass
} from '../contract/media.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps, MediaStore } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { sendFile } from '../send-file.ts'
import { heard } from './media-errors.ts'

const mostTracks = 100

/** Music on hold: classes of uploaded tracks, which schemes name by id. Asterisk hears of each change by itself. */
export function musicRoutes({ db, media }: ApiDeps): Endpoint[] {
  const withTracks = async (classId: string): Promise<MusicClass> => {
    const [item] = await musicItems(db, media, [await findRow(db, 'music_classes', classId)])
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    ...crud(db, {
      things: 'music-classes',
      table: 'music_classes',
      thing: 'music class',
      item: musicClass,
      create: musicClassCreate,
      patch: musicClassPatch,
      sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
      firstSort: 'name',
      read: (reader, rows) => musicItems(reader, media, rows),
      columns: ({ name, sort }) =>
        Promise.resolve({ ...(name !== undefined && { name }), ...(sort !== undefined && { sort }) }),
      async saved(trx, id, body) {
        if ('trackIds' in body && body.trackIds !== undefined) await putInOrder(trx, id, body.trackIds)
      },
      async afterDelete(trx, row) {
        const tracks = await tracksOf(trx, [String(row['id'])])
        return async () => {
          for (const track of tracks) await media.removeTrack(String(track['id']))
        }
      }
    }),
    endpoint({
      route: 'POST /api/music-classes/:id/tracks',
      summary:
        'Add a track to a class of music: an audio file, as a form or alone with `name` in the query. wav, mp3, ogg (Vorbis), opus, flac, aiff; 20 MB, 10 minutes',
      body: musicTrackCreate,
      answer: musicClass,
      status: 201,
      takesUpload: true,
      async handle(context) {
        await findRow(db, 'music_classes', context.id)
        const { upload } = context
        if (!upload) throw new ApiError('upload_expected', { detail: 'A track is an audio file.' })
        const id = randomUUID()
        const { seconds } = await heard(() => media.saveTrack(id, upload.bytes))
        try {
          await db.transaction(async (trx) => {
            await lockClass(trx, context.id)
            const others = await tracksOf(trx, [context.id])
            if (others.length >= mostTracks) {
              throw new ApiError('invalid', { detail: `A class has ${mostTracks} tracks at most.` })
            }
            await trx('music_tracks').insert({
              id,
              class_id: context.id,
              name: context.body.name ?? upload.fileName ?? 'Track',
              position: Number(others.at(-1)?.['position'] ?? -1) + 1,
              seconds,
              original_name: upload.fileName
            })
            await audit(trx, context, {
              action: 'music track.create',
              entity: 'music class',
              entityId: context.id,
              data: { trackId: id },
              change: { before: null, after: { track: context.body.name ?? upload.fileName, seconds } }
            })
          })
        } catch (error) {
          await media.removeTrack(id)
          throw error
        }
        return withTracks(context.id)
      }
    }),
    endpoint({
      route: 'DELETE /api/music-tracks/:id',
      summary: 'Take a track out of its class of music',
      async handle(context) {
        await db.transaction(async (trx) => {
          const [row] = (await trx('music_tracks').where({ id: context.id }).delete().returning('*')) as Row[]
          if (!row) throw new ApiError('not_found')
          await audit(trx, context, {
            action: 'music track.delete',
            entity: 'music class',
            entityId: String(row['class_id']),
            data: { trackId: context.id },
            change: { before: { track: row['name'], seconds: Number(row['seconds']) }, after: null }
          })
        })
        await media.removeTrack(context.id)
      }
    }),
    endpoint({
      route: 'GET /api/music-tracks/:id/audio',
      summary: 'Get the audio of a track; takes byte ranges',
      raw: 'audio/wav',
      async handle(context) {
        await findRow(db, 'music_tracks', context.id)
        const file = await media.trackFile(context.id)
        if (!file) throw new ApiError('recording_not_available')
        await sendFile(context, file)
      }
    })
  ]
}

/** Two who change one class go one after the other. */
async function lockClass(trx: Knex.Transaction, id: string): Promise<void> {
  const row = await trx('music_classes').where({ id }).forUpdate().first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
}

async function putInOrder(trx: Knex.Transaction, classId: string, wanted: readonly string[]): Promise<void> {
  const there = new Set((await tracksOf(trx, [classId])).map((row) => String(row['id'])))
  if (
    wanted.length !== there.size ||
    new Set(wanted).size !== there.size ||
    !wanted.every((id) => there.has(id))
  ) {
    throw new ApiError('invalid', {
      errors: [{ path: 'trackIds', message: 'must name every track of the class, each once' }]
    })
  }
  for (const [position, id] of wanted.entries()) await trx('music_tracks').where({ id }).update({ position })
}

const tracksOf = async (db: Knex, classIds: readonly string[]): Promise<Row[]> =>
  (await db('music_tracks')
    .whereIn('class_id', [...classIds])
    .orderBy(['position', 'id'])) as Row[]

async function musicItems(db: Knex, media: MediaStore, rows: Row[]): Promise<MusicClass[]> {
  const tracks = await Promise.all(
    (
      await tracksOf(
        db,
        rows.map((row) => String(row['id']))
      )
    ).map(async (row) => {
      const id = String(row['id'])
      const item = itemOf(musicTrack, row, {
        seconds: Number(row['seconds']),
        state: (await media.trackFile(id)) ? 'ready' : 'missing',
        url: `/api/music-tracks/${id}/audio`
      })
      return { classId: row['class_id'], item }
    })
  )
  return rows.map((row) =>
    itemOf(musicClass, row, {
      tracks: tracks.filter(({ classId }) => classId === row['id']).map(({ item }) => item)
    })
  )
}
