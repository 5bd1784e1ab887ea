import type { Ids } from './store.ts'
import type { Shown, Written } from './swap.ts'

/** What the parts that are loaded later see of the snippet, as it is at that moment. */
export interface Inside {
  readonly key: string
  readonly base: string
  readonly groups: readonly { name: string; replaces: Written[] }[]
  readonly check: { token: string; url: string; referrer: string } | undefined
  readonly ids: Ids | null
  readonly needsConsent: boolean
  readonly hasConsent: boolean
  readonly numbers: readonly Shown[]
  /** Of the last answer; null: there was none. */
  readonly state: string | null
  /** By path: the status of the last answer that was no good, −1 without any, 0 when it was. */
  readonly faults: Readonly<Record<string, number>>
  readonly originals: ReadonlyMap<Text | HTMLAnchorElement, string>
  /** Null: the server is away. */
  send(path: string, body: Record<string, unknown>): Promise<Response | null>
  on(event: string, listener: (value: unknown) => void): void
  here(): string
}
export interface Widget {
  order(phone: string, options: Record<string, unknown>): Promise<Ordered>
  /** @param isOpen with its panel open at once */
  show(isOpen?: boolean): void
}
export type Ordered = { ok: true; id: string; isMerged: boolean } | { ok: false; code: string }
export interface Look {
  look(token: string): void
}
/** What a part leaves behind when it has run. */
export type Part<T> = (inside: () => Inside) => T

interface PartWindow extends Window {
  vpbxPart?: Part<unknown> | undefined
}

/** Loads parts of ours when they are needed, each once. Null: it could not be loaded; then there is nothing. */
export function createParts(base: string, key: string, inside: () => Inside) {
  const loading: Record<string, Promise<unknown>> = {}
  const page = window as PartWindow
  return <T>(name: 'widget' | 'debug'): Promise<T | null> =>
    (loading[name] ??= new Promise((resolve) => {
      const script = document.createElement('script')
      script.src = `${base}/t-${name}.js?key=${key}`
      script.onload = () => {
        const part = page.vpbxPart
        page.vpbxPart = undefined
        resolve(part?.(inside) ?? null)
      }
      script.onerror = () => resolve(null)
      document.head.append(script)
    })) as Promise<T | null>
}
