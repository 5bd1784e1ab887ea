import { z } from 'zod'

export const yandexDirectSettings = z.object({
  /** Of an agency's client; null: the account of the token itself. */
  clientLogin: z
    .union([
      z.literal('').transform(() => null),
      z
        .string()
        .trim()
        .regex(/^[a-z0-9][a-z0-9.-]{0,49}$/i, { error: 'must be a login' })
    ])
    .nullable()
    .default(null),
  /** Of the account: the report does not tell it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('RUB'),
  isWithVat: z.boolean().default(true),
  locale: z.enum(['ru', 'en']).default('ru')
})

export type YandexDirectSettings = z.infer<typeof yandexDirectSettings>
