import { explain } from './explain.ts'
import { toast } from './toast.tsx'

/** Lets work go on by itself, from an event or an effect; a failure is said to the user. */
export function inBackground(work: Promise<unknown> | void): void {
  work?.catch((error: unknown) => {
    toast('rust', explain(error))
  })
}
