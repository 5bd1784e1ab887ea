import { ChannelError, type ChannelKind, type Connection, type Step } from '../channels/kind.ts'
import type { IncomingFile } from '../channels/ports.ts'
import { botApi, type BotApi } from './client.ts'
import { telegramSettings } from './settings.ts'
import { pieces, toldBy, updateSchema, type WantedFile } from './updates.ts'

/** What the Bot API lets a bot fetch. */
const largestFile = 20 * 1024 ** 2

/** A bot of Telegram. It asks for news itself, so it works behind any router. */
export function telegram(options: { pollSeconds?: number } = {}): ChannelKind {
  const { pollSeconds = 50 } = options

  return {
    name: 'telegram',
    settings: telegramSettings,
    keys: ['token'],
    bound: ['apiUrl'],
    async test({ settings: given, secrets }) {
      const { apiUrl } = telegramSettings.parse(given)
      const api = botApi(apiUrl, secrets['token'] ?? '')
      const steps: Step[] = []
      try {
        const me = await api.call<{ username?: string }>('getMe', {})
        steps.push({ name: 'bot', isOk: true, trouble: null, detail: me.username ? `@${me.username}` : null })
        const hook = await api.call<{ url?: string }>('getWebhookInfo', {})
        const isFree = (hook.url ?? '') === ''
        steps.push({
          name: 'updates',
          isOk: isFree,
          trouble: isFree ? null : 'elsewhere',
          detail: isFree ? null : (hook.url ?? null)
        })
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
        const name = steps.length === 0 ? 'bot' : 'updates'
        steps.push({ name, isOk: false, trouble: error.trouble, detail: error.message })
      }
      return steps
    },
    async listen(connection) {
      const settings = telegramSettings.parse(connection.settings)
      const api = botApi(settings.apiUrl, connection.secrets['token'] ?? '', connection.stop)
      while (!connection.stop.aborted) {
        const offset = connection.cursor['offset']
        const found = await api.call<unknown[]>(
          'getUpdates',
          {
            ...(typeof offset === 'number' && { offset }),
            ...{ timeout: pollSeconds, limit: 100, allowed_updates: ['message', 'my_chat_member'] }
          },
          (pollSeconds + 15) * 1000
        )
        for (const one of found) await takeOne(api, connection, settings, one)
        connection.well()
      }
    },
    async send({ settings: given, secrets }, message, onPart) {
      const { apiUrl } = telegramSettings.parse(given)
      const api = botApi(apiUrl, secrets['token'] ?? '')
      const parts: (() => Promise<unknown>)[] = [
        ...pieces(message.text).map(
          (text) => () => api.call('sendMessage', { chat_id: Number(message.peer), text })
        ),
        ...message.files.map((file) => () => {
          const form = new FormData()
          form.set('chat_id', message.peer)
          form.set(
            'document',
            new Blob([new Uint8Array(file.content)], { type: file.contentType }),
            file.name
          )
          return api.call('sendDocument', form, 60_000)
        })
      ]
      for (const [index, part] of parts.entries()) {
        if (index < message.done) continue
        await part()
        await onPart(index + 1)
      }
    }
  }
}

async function takeOne(
  api: BotApi,
  connection: Connection,
  settings: { greeting: string; phoneButton: string },
  raw: unknown
): Promise<void> {
  const update = updateSchema.safeParse(raw).data
  // Without a number it cannot even be passed over; Telegram sends none such.
  if (!update) throw new ChannelError('other', 'An update without a number')
  const cursor = { offset: update.update_id + 1 }
  const told = toldBy(update)
  if (told?.kind !== 'message') {
    if (told) await connection.blocked(told.peer, told.isBlocked)
    await connection.take([], cursor)
    return
  }
  const files: IncomingFile[] = []
  for (const wanted of told.files) files.push(await fileOf(api, wanted))
  await connection.take([{ ...told.message, files }], cursor)
  if (!told.isStart || settings.greeting === '') return
  const button = { text: settings.phoneButton, request_contact: true }
  await api
    .call('sendMessage', {
      ...{ chat_id: Number(told.message.peer), text: settings.greeting },
      ...(settings.phoneButton !== '' && {
        reply_markup: { keyboard: [[button]], resize_keyboard: true, one_time_keyboard: true }
      })
    })
    // Whoever began the chat is served all the same; the next request to the bot tells what is wrong with it.
    .catch(() => undefined)
}

/** A file that cannot be had is told of without its content: the message is worth more. */
async function fileOf(api: BotApi, { fileId, name, contentType, bytes }: WantedFile): Promise<IncomingFile> {
  const base = { name, contentType, bytes, contentId: null }
  if (bytes > largestFile) return { ...base, content: null }
  try {
    const { file_path } = await api.call<{ file_path?: string }>('getFile', { file_id: fileId })
    const content = file_path === undefined ? null : await api.download(file_path, largestFile)
    return { ...base, bytes: content?.length ?? bytes, content }
  } catch (error) {
    if (error instanceof ChannelError && ['recipientRefused', 'other'].includes(error.trouble))
      return { ...base, content: null }
    throw error
  }
}
