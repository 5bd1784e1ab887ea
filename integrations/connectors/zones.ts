import { z } from 'zod'

/** A time zone by its name, such as `Europe/Moscow`. */
export const timeZone = z
  .string()
  .max(60)
  .refine(
    (name) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone: name })
        return true
      } catch (error) {
        if (error instanceof RangeError) return false
        throw error
      }
    },
    { error: 'must be a time zone, such as Europe/Moscow' }
  )
