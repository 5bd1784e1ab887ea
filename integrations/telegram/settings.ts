import { z } from 'zod'

export const telegramSettings = z.object({
  /** Told by Telegram when the token was tried out; for people. */
  username: z.string().max(64).default(''),
  /** Said to whoever presses Start; empty: nothing. */
  greeting: z.string().trim().max(2000).default(''),
  /** The words of a button by which they may give their number; empty: no button. */
  phoneButton: z.string().trim().max(60).default(''),
  /** Where the Bot API lives: another than Telegram's own for tests and for a server of one's own. */
  apiUrl: z.url({ protocol: /^https?$/ }).default('https://api.telegram.org')
})
export type TelegramSettings = z.infer<typeof telegramSettings>
