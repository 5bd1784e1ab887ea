import type { ServeAnswer } from './kind.ts'

/** An answer to a foreign system as it goes out. Pure. */
export const textOf = ({ contentType, body }: ServeAnswer): string =>
  contentType === undefined || typeof body !== 'string' ? JSON.stringify(body ?? null) : body
