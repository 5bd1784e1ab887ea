import type { ForeignError, ForeignUser } from '../integrations/connectors/kind.ts'

/** What the other side, or the way to it, has refused. By its name: the class lives with the connectors. */
export const isForeignError = (error: unknown): error is ForeignError =>
  error instanceof Error && error.name === 'ForeignError'

interface OurUser {
  id: string
  name: string
  login: string
  extension: string | null
}

/** People of a foreign system with the user of ours that each seems to be: by short number, by mail, by name. Pure. */
export function matched(
  people: readonly ForeignUser[],
  users: readonly OurUser[]
): (ForeignUser & { userId: string | null })[] {
  const free = new Set(users)
  const take = (fits: (user: OurUser) => boolean): string | null => {
    const found = [...free].filter(fits)
    const [only] = found
    // Two who fit are two who may be wrong.
    if (!only || found.length > 1) return null
    free.delete(only)
    return only.id
  }
  const byNumber = people.map((one) => ({
    ...one,
    userId: one.extension === null ? null : take(({ extension }) => extension === one.extension)
  }))
  return byNumber.map((one) => ({
    ...one,
    userId:
      one.userId ??
      take(({ login }) => one.mail !== null && one.mail.split('@')[0]?.toLowerCase() === login) ??
      take(({ name }) => plainName(name) === plainName(one.name))
  }))
}

/** `Petrova  Anna` and `Anna Petrova` are one. */
const plainName = (name: string): string =>
  name.toLowerCase().replaceAll('ё', 'е').split(/\s+/).filter(Boolean).sort().join(' ')

/** As people reach us just now, where the installation was not told. */
export const baseOf = (
  publicUrl: string | null | undefined,
  req: { protocol: string; get(name: string): string | undefined }
): string => (publicUrl ?? `${req.protocol}://${req.get('host') ?? ''}`).replace(/\/$/, '')
