import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen } from '../db/listen.ts'
import type { Scheme } from '../ivr/scheme.ts'
import type { Media } from './media.ts'
import type { MusicClass } from './music.ts'

/** Setting: which voice speaks; see `TtsSettings`. */
export const voiceSetting = 'tts'
/** Many rows changed at once are one change. */
const calmMs = 100

export interface MediaFollower {
  stop(): Promise<void>
  /** For `startJobs`. */
  readonly tasks: Readonly<Record<string, () => Promise<void>>>
  readonly schedules: readonly { task: string; match: string }[]
}

/**
 * Keeps the sounds in step with the database: the voice of the settings, and the classes of music that Asterisk knows.
 * Both stand when this returns; texts of published schemes whose files are gone are spoken anew afterwards.
 */
export async function followMedia(options: {
  db: Knex
  databaseUrl: string
  media: Media
  log: Logger
}): Promise<MediaFollower> {
  const { db, databaseUrl, media, log } = options
  const waiting = new Map<string, NodeJS.Timeout>()
  let isStopped = false

  const readVoice = async (): Promise<void> => {
    const row = await db<{ key: string; value: unknown }>('settings').where({ key: voiceSetting }).first()
    media.useVoice(row?.value)
  }
  const readMusic = async (): Promise<void> => media.setMusic(await musicClasses(db))
  const readers = { voice: readVoice, music: readMusic }

  /** Reads once things have calmed down; a failure is tried again, since no notice would come a second time. */
  function soon(what: keyof typeof readers, pauseMs = calmMs): void {
    if (isStopped) return
    clearTimeout(waiting.get(what))
    const timer = setTimeout(() => {
      readers[what]().catch((err: unknown) => {
        log.warn({ err, what }, 'A change of sounds could not be taken over yet')
        soon(what, 5000)
      })
    }, pauseMs)
    timer.unref()
    waiting.set(what, timer)
  }

  await readVoice()
  await readMusic()
  const listening = listen({
    databaseUrl,
    channels: ['ringtrace_config'],
    log,
    onConnected() {
      soon('voice')
      soon('music')
    },
    onNotice(_channel, payload) {
      if (payload === `settings:${voiceSetting}`) soon('voice')
      if (/^music_(classes|tracks):/.test(payload)) soon('music')
    }
  })
  const speakAll = async (): Promise<void> => {
    for (const scheme of await publishedSchemes(db)) {
      const failed = await media.prepare(scheme)
      for (const { block, message } of failed)
        log.warn({ block, message }, 'A text of a scheme cannot be spoken')
    }
  }
  speakAll().catch((err: unknown) => log.warn({ err }, 'The texts of the schemes were not all spoken'))

  return {
    async stop() {
      isStopped = true
      for (const timer of waiting.values()) clearTimeout(timer)
      await listening.stop()
    },
    tasks: { 'media.sweep': async () => media.sweep(await publishedSchemes(db)) },
    schedules: [{ task: 'media.sweep', match: '40 3 * * *' }]
  }
}

async function musicClasses(db: Knex): Promise<MusicClass[]> {
  const classes = await db('music_classes')
    .select<Pick<MusicClass, 'id' | 'sort'>[]>('id', 'sort')
    .orderBy('id')
  const tracks = await db('music_tracks')
    .select<{ id: string; class_id: string }[]>('id', 'class_id')
    .orderBy(['position', 'id'])
  return classes.map(({ id, sort }) => ({
    id,
    sort,
    trackIds: tracks.filter((track) => track.class_id === id).map((track) => track.id)
  }))
}

async function publishedSchemes(db: Knex): Promise<Scheme[]> {
  const rows = await db('schemes as s')
    .join('scheme_versions as v', (on) => {
      on.on('v.scheme_id', 's.id').andOn('v.version', 's.published_version')
    })
    .select<{ body: Scheme }[]>('v.body')
  return rows.map(({ body }) => body)
}
