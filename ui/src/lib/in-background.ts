import { explain } from './explain.ts'
import { toast } from './toast.tsx'

/** Lets work go on by itself, from an event or an effect; a failure is said to the user. */
export function inBackground(work: Promise<unknown> | void): void {
  work?.catch((error: unknown) => {
    toast('rust', explain(error))
  })
}

/**
 * Fetches a part of the page before anybody needs it. One that could not be fetched is fetched again once it is needed;
 * what shows it says then that it is away.
 */
export function prefetch(part: Promise<unknown>): void {
  // Nobody has asked for it yet.
  part.catch(() => undefined)
}
