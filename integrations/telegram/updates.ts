import { z } from 'zod'
import type { Incoming } from '../channels/ports.ts'

const file = z.object({
  file_id: z.string(),
  file_size: z.number().optional(),
  file_name: z.string().optional(),
  mime_type: z.string().optional()
})
const person = z.object({
  id: z.number(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  username: z.string().optional()
})
const chat = z.object({ id: z.number(), type: z.string() })
const message = z.object({
  message_id: z.number(),
  date: z.number(),
  chat,
  from: person.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  photo: z.array(file.extend({ width: z.number() })).optional(),
  document: file.optional(),
  voice: file.optional(),
  audio: file.optional(),
  video: file.optional(),
  video_note: file.optional(),
  sticker: z.object({ emoji: z.string().optional() }).optional(),
  location: z.object({ latitude: z.number(), longitude: z.number() }).optional(),
  contact: z
    .object({
      phone_number: z.string(),
      first_name: z.string().optional(),
      last_name: z.string().optional(),
      user_id: z.number().optional()
    })
    .optional()
})
/** An update, of which only its number must be there: what we do not know is passed over. */
export const updateSchema = z.object({
  update_id: z.number(),
  message: message.optional().catch(undefined),
  my_chat_member: z
    .object({ chat, new_chat_member: z.object({ status: z.string() }) })
    .optional()
    .catch(undefined)
})
export type Update = z.infer<typeof updateSchema>

export interface WantedFile {
  fileId: string
  name: string
  contentType: string
  bytes: number
}

/** PURE. What an update tells. */
export type Told =
  | { kind: 'message'; message: Omit<Incoming, 'files'>; files: WantedFile[]; isStart: boolean }
  | { kind: 'blocked'; peer: string; isBlocked: boolean }
  | null

export function toldBy(update: Update): Told {
  const { message: it, my_chat_member: member } = update
  if (member?.chat.type === 'private') {
    const isBlocked = ['kicked', 'left'].includes(member.new_chat_member.status)
    return { kind: 'blocked', peer: String(member.chat.id), isBlocked }
  }
  // Groups are talks of others.
  if (it?.chat.type !== 'private') return null
  const name =
    [it.from?.first_name, it.from?.last_name].filter(Boolean).join(' ') || (it.from?.username ?? null)
  const isOwn = it.contact !== undefined && it.contact.user_id === it.from?.id
  const text = it.text ?? it.caption ?? it.sticker?.emoji ?? placeOf(it) ?? contactOf(it) ?? ''
  return {
    kind: 'message',
    isStart: /^\/start\b/.test(text),
    files: filesOf(it),
    message: {
      foreignId: `${it.chat.id}:${it.message_id}`,
      at: new Date(it.date * 1000),
      peer: String(it.chat.id),
      name,
      // The number of somebody else says nothing of who writes.
      phone: isOwn ? phoneOf(it.contact?.phone_number ?? '') : null,
      ...{ subject: null, text, html: null, messageId: null, refs: [], to: [], cc: [] },
      ...{ isAuto: false, bounce: null }
    }
  }
}

type Message = NonNullable<Update['message']>

const phoneOf = (text: string): string | null => {
  const digits = text.replace(/\D/g, '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null
}
const placeOf = ({ location }: Message): string | null =>
  location ? `${location.latitude}, ${location.longitude}` : null
const contactOf = ({ contact }: Message): string | null =>
  contact
    ? [contact.first_name, contact.last_name, phoneOf(contact.phone_number) ?? contact.phone_number]
        .filter(Boolean)
        .join(' ')
    : null

function filesOf(it: Message): WantedFile[] {
  const wanted = (one: z.infer<typeof file> | undefined, name: string, contentType: string): WantedFile[] =>
    one
      ? [
          {
            fileId: one.file_id,
            name: one.file_name?.replace(/[\p{Cc}\p{Cf}"\\/:*?<>|]+/gu, '_').slice(-150) || name,
            contentType:
              one.mime_type && /^[\w.+-]+\/[\w.+-]+$/.test(one.mime_type) ? one.mime_type : contentType,
            bytes: one.file_size ?? 0
          }
        ]
      : []
  // Sizes of one picture: the largest is the picture.
  const picture = it.photo?.toSorted((one, other) => other.width - one.width)[0]
  return [
    ...wanted(picture, 'photo.jpg', 'image/jpeg'),
    ...wanted(it.document, 'file', 'application/octet-stream'),
    ...wanted(it.voice, 'voice.ogg', 'audio/ogg'),
    ...wanted(it.audio, 'audio.mp3', 'audio/mpeg'),
    ...wanted(it.video, 'video.mp4', 'video/mp4'),
    ...wanted(it.video_note, 'video.mp4', 'video/mp4')
  ]
}

const longestText = 4096

/** PURE. A text in pieces that Telegram takes, parted at ends of lines or words where there are any. */
export function pieces(text: string): string[] {
  const found: string[] = []
  let rest = text.trim()
  while (rest.length > longestText) {
    const head = rest.slice(0, longestText)
    const cut = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '))
    const at = cut > longestText / 2 ? cut : longestText
    found.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return rest === '' ? found : [...found, rest]
}
