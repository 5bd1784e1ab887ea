import { captureForms } from './forms.ts'
import { createParts, type Inside, type Look, type Widget } from './parts.ts'
import {
  foreignIds,
  forgetIds,
  keepNumbers,
  keptNumbers,
  quietly,
  readIds,
  writeIds,
  type Ids
} from './store.ts'
import { createSwapper, type Shown, type Written } from './swap.ts'

interface Settings {
  key: string
  /** Nothing is stored or sent about the visitor before they agree. */
  consent: boolean
  groups: { name: string; replaces: Written[] }[]
  /** Which forms are sent along; absent: none. */
  forms?: 'all' | 'marked'
  /** Seconds until the callback widget shows; absent: there is none. */
  widget?: number
}
interface Answer {
  state: string
  visitor: string | null
  visit: string | null
  heartbeatSeconds: number
  numbers: Shown[]
}
type Values = Record<string, unknown>
type Listener = (value: unknown) => void
type Command = [name: string, ...args: unknown[]]
interface PageWindow extends Window {
  vpbxSite?: Settings
  /** On a page that is only tried out: what stands for its address. */
  vpbxCheck?: { token: string; url: string; referrer: string }
  vpbx?: { push(...commands: Command[]): unknown; isLoaded?: boolean } | Command[]
}

/** The lease lasts this long after the last sign, at least; see the linger of a site. */
const keptMs = 150_000
const idleMs = 30 * 60_000
/** The page's own scripts get this long to take their markup over before anything in it changes. */
const patienceMs = 3000

const page = window as PageWindow

function start(settings: Settings, base: string): void {
  const { key, consent: needsConsent, groups } = settings
  const check = page.vpbxCheck
  const here = (): string => check?.url ?? location.href
  const asked = new Set<string>()
  const swapper = createSwapper(groups, () => {
    // A number for something else turned up: it is lent only now.
    if (
      asked.size < groups.length &&
      isKnown &&
      swapper.groupsIn(document.body).some((name) => !asked.has(name))
    )
      later(view(false))
  })
  const listeners: Record<string, Listener[]> = {}
  let ids: Ids | null = readIds()
  let toldIds = ''
  // Who has our cookie where consent is needed has agreed before.
  let hasConsent = !needsConsent || ids !== null
  let numbers: Shown[] = []
  let isOff = false
  let isReady = false
  let isKnown = false
  let touchedMs = Date.now()
  let isTouched = true
  let lastUrl = ''
  let state: string | null = null
  let retries = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const tell = (event: string, value: unknown): void => {
    for (const listener of listeners[event] ?? []) {
      try {
        listener(value)
      } catch (error) {
        // Their mistake is for their console, and stops nothing of ours.
        raise(error)
      }
    }
  }

  /** Plain text needs no permission of the browser first. Null: the server is away. */
  const send: Inside['send'] = (path, body) =>
    fetch(`${base}/api/track/${path}`, {
      method: 'POST',
      body: JSON.stringify({ key, ...body }),
      headers: { 'Content-Type': 'text/plain' },
      credentials: 'omit',
      keepalive: true
      // The site goes on with its own numbers.
    }).catch(() => null)
  const faults: Record<string, number> = {}
  /** Null: the server is away, or has refused. */
  async function post(path: string, body: Values): Promise<Values | null> {
    const response = await send(path, body)
    faults[path] = response?.ok ? 0 : (response?.status ?? -1)
    if (!response?.ok) return null
    return response.status === 204 ? {} : ((await response.json().catch(() => null)) as Values | null)
  }
  const parts = createParts(base, key, (): Inside => ({
    ...{ key, base, groups, send, check, faults, ids: hasConsent ? ids : null },
    ...{ needsConsent, hasConsent, numbers, state, originals: swapper.originals },
    on: (event, listener) => api['on']?.(...([event, listener] as never[])),
    here
  }))

  function show(next: Shown[]): void {
    numbers = [...numbers.filter((old) => !next.some(({ group }) => group === old.group)), ...next]
    if (isReady) swapper.show(numbers)
  }

  /** Tells of the page (or only asks for numbers) and shows what comes. */
  async function view(isPage: boolean): Promise<void> {
    if (isOff) return
    const referrer = check?.referrer ?? (isPage && lastUrl !== '' ? lastUrl : document.referrer)
    if (isPage) lastUrl = here()
    if (hasConsent && !ids) {
      ids = { visitor: newId(), visit: null }
      writeIds(ids)
    }
    const given = hasConsent ? ids : null
    const found = foreignIds()
    toldIds = JSON.stringify(found)
    const present = swapper.groupsIn(document.body)
    for (const name of present) asked.add(name)
    const answer = (await post('visits', {
      ...(given && { visitor: given.visitor, visit: given.visit, ids: found }),
      ...(check && { check: check.token }),
      url: here(),
      referrer: referrer || null,
      title: document.title,
      at: Date.now(),
      groups: present,
      isPage,
      consent: hasConsent,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      language: navigator.language,
      screen: `${screen.width}x${screen.height}`
    })) as Answer | null
    if (isOff) return
    state = answer?.state ?? null
    if (isPage) tell('page', lastUrl)
    if (!answer) {
      // Twice more, later and later; then with the next page.
      if (retries++ < 2) setTimeout(() => later(view(false)), retries * 10_000)
      return
    }
    retries = 0
    isKnown = true
    if (hasConsent && answer.visitor) {
      ids = { visitor: answer.visitor, visit: answer.visit }
      writeIds(ids)
      keepNumbers(answer.numbers, Date.now() + keptMs)
      timer ??= setInterval(beat, answer.heartbeatSeconds * 1000)
    }
    show(answer.numbers)
    tell('numbers', numbers)
    if (answer.numbers.some(({ kind }) => kind === 'overflow')) tell('exhausted', numbers)
  }

  async function heartbeat(): Promise<void> {
    if (!ids?.visit || document.hidden || isOff || Date.now() - touchedMs > idleMs) return
    const active = isTouched
    isTouched = false
    // Other systems give their ids when their scripts have come, which may be after the page was told of.
    const found = foreignIds()
    const text = JSON.stringify(found)
    const isNews = text !== toldIds
    const answer = await post('heartbeat', { ...ids, at: Date.now(), active, ...(isNews && { ids: found }) })
    if (answer) toldIds = text
    if (answer?.['result'] === 'held') keepNumbers(numbers, Date.now() + keptMs)
    // Another visitor may see our number by now. Whoever was shown a shared one keeps it on this page.
    else if (answer?.['result'] === 'lost' && active && numbers.some(({ kind }) => kind === 'lease'))
      await view(false)
  }
  const beat = (): void => later(heartbeat())

  function leave(): void {
    if (!ids?.visit || isOff) return
    const body = JSON.stringify({ key, ...ids, at: Date.now(), leaving: true })
    navigator.sendBeacon(`${base}/api/track/heartbeat`, body)
  }

  function moved(): void {
    // The application puts its new page up first.
    setTimeout(() => {
      if (location.href.split('#')[0] !== lastUrl.split('#')[0]) later(view(true))
    }, 60)
  }

  const api: Record<string, (...args: never[]) => unknown> = {
    getVisitorId: () => ids?.visitor ?? null,
    getSessionId: () => ids?.visit ?? null,
    getNumbers(callback?: Listener) {
      if (callback && isKnown) callback(numbers)
      else if (callback) (listeners['numbers'] ??= []).push(callback)
      return numbers
    },
    swap: (node: Node) => swapper.swap(node),
    identify: (data: Values) => ids && post('events', { ...ids, kind: 'identify', name: 'identify', data }),
    track: (name: string, data: Values = {}) => ids && post('events', { ...ids, kind: 'event', name, data }),
    submitForm: (data: Values) => post('forms', { ...(hasConsent && ids), url: here(), ...data }),
    /** Resolves with what came of it; the part that does it is loaded only now. */
    callMe: async (phone: string, options: Values = {}) =>
      (await parts<Widget>('widget'))?.order(phone, options) ?? { ok: false, code: 'network' },
    on(event: string, listener: Listener) {
      ;(listeners[event] ??= []).push(listener)
    },
    consent({ analytics }: { analytics: boolean }) {
      if (analytics === hasConsent && isOff !== analytics) return
      hasConsent = analytics
      isOff = !analytics && !needsConsent
      if (!analytics) {
        clearInterval(timer)
        timer = undefined
        ids = null
        numbers = []
        forgetIds()
        swapper.restore()
      }
      later(view(true))
    }
  }
  function run([name, ...args]: Command): unknown {
    return api[name]?.(...(args as never[]))
  }

  if (settings.forms && !check)
    captureForms(settings.forms === 'all', (data) => {
      if (!hasConsent || isOff) return
      const body = JSON.stringify({ key, ...ids, url: here(), ...data })
      // The page may be left at once: this goes out all the same.
      navigator.sendBeacon(`${base}/api/track/forms`, body)
    })
  const waiting = Array.isArray(page.vpbx) ? page.vpbx : []
  page.vpbx = { ...api, push: (...commands: Command[]) => commands.map(run)[0], isLoaded: true }

  for (const event of ['scroll', 'pointerdown', 'pointermove', 'keydown', 'touchstart']) {
    const touched = (): void => {
      touchedMs = Date.now()
      isTouched = true
    }
    addEventListener(event, touched, { passive: true, capture: true })
  }
  document.addEventListener('visibilitychange', () => {
    isTouched = true
    beat()
  })
  addEventListener('pagehide', leave)
  // Back by the browser's button: the page wakes up as it was, and the number may be gone.
  addEventListener('pageshow', (event) => {
    if (event.persisted) later(view(false))
  })
  for (const method of ['pushState', 'replaceState'] as const) {
    const plain = history[method].bind(history)
    history[method] = (...args) => {
      plain(...args)
      moved()
    }
  }
  addEventListener('popstate', moved)

  const sign = /[?&]vpbx_debug=([\w.-]+)/
  const token = sign.exec(location.search)?.[1] ?? quietly(() => sessionStorage.getItem('_vpbx_debug'))
  whenLoaded(() => {
    isReady = true
    swapper.show(numbers)
    const { widget } = settings
    if (widget !== undefined && !check)
      setTimeout(() => later(parts<Widget>('widget').then((part) => part?.show())), widget * 1000)
    if (check ?? token) later(parts<Look>('debug').then((part) => part?.look(check?.token ?? token ?? '')))
  })
  whenParsed(() => {
    const kept = hasConsent ? keptNumbers<Shown[]>() : null
    if (kept) show(kept)
    later(view(true))
    for (const command of waiting) run(command)
  })
}

/** Goes on by itself; what goes wrong in it is told in the console, as for any script. */
function later(work: Promise<unknown>): void {
  work.catch(raise)
}
function raise(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}

function newId(): string {
  // `randomUUID` is there on secure pages only.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function whenParsed(work: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', work, { once: true })
  else work()
}

/** After the page's own scripts: what they compare with the markup of the server must still be there. */
function whenLoaded(work: () => void): void {
  let isDone = false
  const idle = (): void => {
    if (isDone) return
    isDone = true
    if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 300 })
    else setTimeout(work, 50)
  }
  if (document.readyState === 'complete') idle()
  else {
    addEventListener('load', idle, { once: true })
    whenParsed(() => setTimeout(idle, patienceMs))
  }
}

const script = document.currentScript
const isTwice = page.vpbx && 'isLoaded' in page.vpbx
if (page.vpbxSite && script instanceof HTMLScriptElement && !isTwice)
  start(page.vpbxSite, new URL(script.src).origin)
