import { z } from 'zod'
import { id, isoTime, locale, patchOf } from './common.ts'

const name = z.string().trim().min(1).max(200)
const text = z.string().trim().min(1).max(2000)

/** Something to be played in calls. Schemes name it by `sound`. */
export const prompt = z.object({
  id,
  name,
  /** In which language it speaks; for people to know. */
  locale: locale.nullable(),
  seconds: z.number(),
  /** Of an uploaded one: how its file was called. */
  originalName: z.string().nullable(),
  /** Of a spoken one: its words. */
  text: z.string().nullable(),
  /** `missing`: its audio is gone from the disk, and callers hear nothing in its place. */
  state: z.enum(['ready', 'missing']),
  sound: z.string(),
  url: z.string(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  /** The version before the last replacement, which can be put back; null when there is none. */
  before: z
    .object({
      seconds: z.number(),
      originalName: z.string().nullable(),
      text: z.string().nullable(),
      replacedAt: isoTime
    })
    .nullable(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
/** With a file, `name` may be left out (the file's counts); without one, `text` and `locale` are spoken. */
export const promptCreate = z.object({
  name: name.optional(),
  locale: locale.nullable().optional(),
  text: text.optional(),
  /** One that was spoken into a telephone and kept. */
  dictationId: id.optional()
})
export const promptPatch = patchOf(z.object({ name, locale: locale.nullable() }))
/** New audio for a prompt: a file, or a text to be spoken. */
export const promptAudio = z.object({
  text: text.optional(),
  locale: locale.optional(),
  dictationId: id.optional()
})
/** A prompt being spoken into one's own telephone. */
export const dictation = z.object({
  id,
  state: z.enum(['ringing', 'speaking', 'checking', 'kept', 'ended']),
  /** Why it came to nothing. */
  reason: z.enum(['noAnswer', 'hungUp', 'failed', 'cancelled']).nullable(),
  seconds: z.number()
})
export const dictationCreate = z.object({ locale: locale.default('ru') })
export const promptPreview = z.object({ text, locale: locale.default('ru') })

export const musicTrack = z.object({
  id,
  name,
  seconds: z.number(),
  originalName: z.string().nullable(),
  state: z.enum(['ready', 'missing']),
  url: z.string(),
  createdAt: isoTime
})
/** Music that plays while clients wait; schemes name it by its id. */
export const musicClass = z.object({
  id,
  name,
  sort: z.enum(['order', 'random']),
  /** In the order in which they play; none plays the music of the system. */
  tracks: z.array(musicTrack),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
const sort = z.enum(['order', 'random'])
export const musicClassCreate = z.object({ name, sort: sort.default('order') })
/** `trackIds` puts the tracks in this order; all of them must be named. */
export const musicClassPatch = patchOf(z.object({ name, sort, trackIds: z.array(id).max(100) }))
export const musicTrackCreate = z.object({ name: name.optional() })

export type Dictation = z.infer<typeof dictation>
export type Prompt = z.infer<typeof prompt>
export type MusicClass = z.infer<typeof musicClass>
