import { isIP } from 'node:net'
import { z } from 'zod'

/** An address, or a network such as `192.0.2.0/24`. */
export const network = z
  .string()
  .trim()
  .max(60)
  .refine(
    (text) => {
      const [address = '', bits, ...more] = text.split('/')
      const version = isIP(address)
      if (version === 0 || more.length > 0) return false
      return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
    },
    { error: 'must be an address or a network such as 192.0.2.0/24' }
  )

/** When an address is banned, and for how long. */
export const guardSettings = z.object({
  isOn: z.boolean().default(true),
  /** So many refused requests … */
  tries: z.number().int().min(3).max(1000).default(15),
  /** … within this time. */
  withinSeconds: z.number().int().min(10).max(86_400).default(60),
  /** The first ban of an address; each next one within thirty days is four times as long … */
  firstBanMinutes: z.number().int().min(1).max(10_080).default(15),
  /** … up to this. */
  longestBanHours: z.number().int().min(1).max(8760).default(168),
  /** Never banned, beside trunks, admins and registered telephones. */
  allowed: z.array(network).max(200).default([]),
  /** So many bans within an hour are told to admins; null: never. */
  alarmAfterBans: z.number().int().min(1).max(10_000).nullable().default(20)
})
export type GuardSettings = z.output<typeof guardSettings>

/** Its row in `settings`. */
export const guardKey = 'sipGuard'
