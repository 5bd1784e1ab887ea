import { explain } from './explain.ts'
import { toast } from './toast.tsx'

/** Lets work go on by itself, from an event or an effect; a failure is said to the user. */
export function inBackground(work: Promise<unknown> | void): void {
  work?.catch((error: unknown) => {
    toast('rust', explain(error))
  })
}

/** Fetches a part of the page before anybody needs it. */
export function prefetch(part: Promise<unknown>): void {
  part.catch(() => {
    // It is fetched again once it is needed; what shows it says then that it could not be fetched.
  })
}
