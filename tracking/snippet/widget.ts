import type { Inside, Ordered, Part, Widget } from './parts.ts'
import { h, icon, phoneField, type Country } from './widget-dom.ts'
import { style, textOn } from './widget-style.ts'
import { dayWords, hoursWords, momentWords, pageLanguage, wordsOf, type Words } from './words.ts'
import { solve } from './work.ts'

type OwnWords = Record<'title' | 'text' | 'button' | 'consent', string | null>
interface Settings {
  isOn: boolean
  colour: string
  side: 'left' | 'right'
  pages: string[]
  asksName: boolean
  asksTime: boolean
  asksConsent: boolean
  consentUrl: string | null
  ru: OwnWords
  en: OwnWords
  countries: Country[]
}
interface State {
  isOpen: boolean
  isAnyoneFree: boolean
  timeZone: string
  opensAt: string | null
  slots: string[]
  hours: [string, string][][]
}
interface Progress {
  state: 'waiting' | 'calling' | 'talked' | 'failed'
  reason: 'noOperator' | 'noAnswer' | 'busy' | 'later' | null
  at: string | null
  timeZone: string
}
interface WidgetWindow extends Window {
  vpbxWidget?: Settings
  vpbxPart?: Part<Widget> | undefined
}

const page = window as WidgetWindow
const handset =
  'M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1 11.4 11.4 0 0 0 .57 3.6 1 1 0 0 1-.25 1z'
const cross = 'M6 6l12 12M18 6L6 18'
const watchMs = 15 * 60_000

page.vpbxPart = (inside) => {
  const settings = page.vpbxWidget
  const order = (phone: string, options: Record<string, unknown>): Promise<Ordered> =>
    orderCall(inside(), phone, options)
  let isShown = false
  return {
    order,
    show(isOpen = false) {
      if (!settings || isShown) return
      isShown = true
      show(settings, inside, order, isOpen)
    }
  }
}

/** Orders a callback; solves the puzzle that the server asks for when much is ordered. */
async function orderCall(inside: Inside, phone: string, options: Record<string, unknown>): Promise<Ordered> {
  let work: unknown
  for (let tries = 0; tries < 3; tries += 1) {
    const response = await inside.send('callbacks', {
      ...inside.ids,
      url: inside.here(),
      ...options,
      phone,
      ...(work !== undefined && { work })
    })
    if (!response) return { ok: false, code: 'network' }
    const body = (await response.json().catch(() => ({}))) as {
      id?: string
      isMerged?: boolean
      code?: string
      work?: { challenge: string; bits: number }
    }
    if (response.ok) return { ok: true, id: body.id ?? '', isMerged: body.isMerged === true }
    if (body.code !== 'work_needed' || !body.work) return { ok: false, code: body.code ?? 'other' }
    work = { challenge: body.work.challenge, answer: await solve(body.work) }
  }
  return { ok: false, code: 'too_many_attempts' }
}

async function ask<T>({ base }: Inside, path: string): Promise<T | null> {
  const response = await fetch(`${base}/api/track/${path}`, { credentials: 'omit' }).catch(() => null)
  return response?.ok ? ((await response.json().catch(() => null)) as T | null) : null
}

function show(settings: Settings, inside: () => Inside, order: Widget['order'], isOpen: boolean): void {
  const language = pageLanguage()
  const words: Words = { ...wordsOf(language) }
  for (const [name, own] of Object.entries(settings[language])) if (own) words[name as keyof OwnWords] = own
  const { key } = inside()

  const host = h('div', { 'data-vpbx-noswap': true })
  const root = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  const body = h('div', { id: 'body' })
  const live = h('div', { role: 'status', 'aria-live': 'polite' })
  const panel = h(
    'div',
    {
      id: 'panel',
      class: `panel ${settings.side}`,
      role: 'dialog',
      'aria-labelledby': 'title',
      hidden: true
    },
    h('h2', { id: 'title' }, words.title),
    h('button', { class: 'x', type: 'button', 'aria-label': words.close, click: () => close() }, icon(cross)),
    live,
    body
  )
  const button = h(
    'button',
    {
      class: `call ${settings.side}`,
      type: 'button',
      'aria-label': words.open,
      'aria-expanded': 'false',
      'aria-controls': 'panel',
      click: () => (panel.hidden ? later(open()) : close())
    },
    icon(handset)
  )
  const frame = h('div', { class: 'root', lang: language }, panel, button)
  frame.style.setProperty('--c', settings.colour)
  frame.style.setProperty('--t', textOn(settings.colour))
  root.append(frame)
  // Over everything, and in nobody's way: it takes no room of the page.
  host.style.cssText = 'position:fixed;z-index:2147483000;width:0;height:0'
  let isBusy = false
  let watched: ReturnType<typeof setInterval> | undefined

  const onPage = (): void => {
    host.hidden = !fitsPage(settings.pages, location.pathname)
    host.style.display = host.hidden ? 'none' : ''
  }
  inside().on('page', onPage)
  onPage()
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  })
  document.body.append(host)
  if (isOpen) later(open(false))

  function close(): void {
    panel.hidden = true
    button.setAttribute('aria-expanded', 'false')
    button.focus()
  }

  /** @param isByHand then the focus goes there; whoever shows it in a preview types elsewhere */
  async function open(isByHand = true): Promise<void> {
    panel.hidden = false
    button.setAttribute('aria-expanded', 'true')
    // Whoever has ordered finds it as it stands.
    if (body.firstChild || isBusy) {
      if (isByHand) body.querySelector<HTMLElement>('input,button')?.focus()
      return
    }
    isBusy = true
    const state = await ask<State>(inside(), `widget?key=${key}`)
    isBusy = false
    if (!body.firstChild) form(state)
    if (isByHand) body.querySelector('input')?.focus()
  }

  function form(state: State | null): void {
    const field = phoneField(settings.countries, words)
    const name = h('input', { id: 'name', name: 'name', autocomplete: 'name', maxlength: '100' })
    const when = state && settings.asksTime && state.slots.length > 0 ? timeField(state) : null
    const agree = h('input', { id: 'agree', type: 'checkbox', required: true })
    const trap = h('input', { name: 'website', tabindex: '-1', autocomplete: 'off' })
    const error = h('p', { id: 'error', class: 'error', role: 'alert', hidden: true })
    const go = h('button', { class: 'go', type: 'submit' }, words.button)
    const link = settings.consentUrl
    const consent = h(
      'label',
      { class: 'agree' },
      agree,
      h(
        'span',
        {},
        words.consent,
        link && ' ',
        link && h('a', { href: link, target: '_blank', rel: 'noopener' }, words.details)
      )
    )
    function fail(code: string, at?: HTMLElement): void {
      error.textContent = words.errors[code] ?? words.errors['other'] ?? ''
      error.hidden = false
      at?.setAttribute('aria-invalid', 'true')
      at?.focus()
    }
    async function send(event: Event): Promise<void> {
      event.preventDefault()
      error.hidden = true
      for (const one of [field.input, agree]) one.removeAttribute('aria-invalid')
      const phone = field.value()
      if (phone === null) return fail('phone', field.input)
      if (settings.asksConsent && !agree.checked) return fail('consent', agree)
      go.disabled = true
      go.textContent = words.ordering
      const wishedAt = when?.value || null
      const made = await order(phone, { name: name.value || null, wishedAt, trap: trap.value })
      go.disabled = false
      go.textContent = words.button
      if (made.ok) watch(made.id, wishedAt, state)
      else fail(made.code, /number|country|prefix/.test(made.code) ? field.input : go)
    }
    const hours = state && hoursWords(state.hours, language)
    body.replaceChildren(
      h('p', {}, state && !state.isOpen ? words.closed : words.text),
      h(
        'form',
        { novalidate: true, submit: (event) => later(send(event)) },
        field.element,
        settings.asksName &&
          h('div', {}, h('label', { for: 'name' }, words.name), h('div', { class: 'one' }, name)),
        when && h('div', {}, h('label', { for: 'when' }, words.when), h('div', { class: 'one' }, when)),
        h('div', { class: 'trap', 'aria-hidden': 'true' }, trap),
        settings.asksConsent && consent,
        error,
        go
      ),
      state && state.isOpen && !state.isAnyoneFree ? h('p', { class: 'note' }, words.busy) : '',
      hours ? h('p', { class: 'note' }, `${words.hours}: ${hours}${zoneNote(state)}`) : ''
    )
  }

  /** Whose clock is another one is told whose the hours are. */
  function zoneNote({ timeZone }: State): string {
    const minute = (zone?: string): string =>
      new Intl.DateTimeFormat('en-CA', {
        ...(zone && { timeZone: zone }),
        dateStyle: 'short',
        timeStyle: 'short'
      }).format(Date.now())
    return minute() === minute(timeZone) ? '' : ` (${words.zone})`
  }

  function timeField({ isOpen, slots, timeZone }: State): HTMLSelectElement {
    const groups = new Map<string, HTMLOptGroupElement>()
    const clock = new Intl.DateTimeFormat(language, {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hour12: false
    })
    for (const at of slots) {
      const day = dayWords(at, timeZone, words, language)
      const group = groups.get(day) ?? h('optgroup', { label: day })
      groups.set(day, group)
      const text = `${day} ${words.at} ${clock.format(new Date(at))}`
      group.append(h('option', { value: at }, text))
    }
    return h('select', { id: 'when' }, isOpen && h('option', { value: '' }, words.now), ...groups.values())
  }

  /** Shows how the callback goes, until it has ended or nobody would wait any longer. */
  function watch(id: string, wishedAt: string | null, state: State | null): void {
    const sinceMs = Date.now()
    const zone = state?.timeZone ?? 'UTC'
    const firstAt = wishedAt ?? (state && !state.isOpen ? state.opensAt : null)
    let last: Progress = { state: 'waiting', reason: firstAt ? 'later' : null, at: firstAt, timeZone: zone }
    let shown = ''
    const big = h('p', { class: 'big' })
    function draw(): void {
      const { text, note, isRunning, isOver } = storyOf(last)
      const seconds = Math.floor((Date.now() - sinceMs) / 1000)
      big.textContent = isRunning ? `${text}: ${seconds} ${words.seconds}` : text
      if (shown === text) return
      shown = text
      // Read out once, not each second.
      live.replaceChildren(h('span', { class: 'trap' }, `${text}. ${note}`))
      const anew = h('button', { class: 'go', type: 'button', click: () => again() }, words.again)
      const done = h('button', { class: 'go', type: 'button', click: () => finish() }, words.done)
      body.replaceChildren(
        big,
        note ? h('p', {}, note) : '',
        isRunning ? h('div', { class: 'bar' }, h('i')) : '',
        isOver ? h('form', {}, last.state === 'failed' ? anew : done) : ''
      )
      if (!panel.hidden) body.querySelector<HTMLElement>('button')?.focus()
    }
    function again(): void {
      form(state)
      body.querySelector('input')?.focus()
    }
    function finish(): void {
      body.replaceChildren()
      close()
    }
    function storyOf({ state: now, reason, at, timeZone }: Progress) {
      const moment = at ? momentWords(at, timeZone, words, language) : ''
      const story = { note: '', isRunning: false, isOver: false }
      if (now === 'talked') return { ...story, text: words.talked, isOver: true }
      if (now === 'failed') return { ...story, text: words.failed, isOver: true }
      if (now === 'waiting' && reason === 'noOperator')
        return { ...story, text: at ? `${words.noOperator} ${moment}` : words.soon }
      if (now === 'waiting' && (reason === 'noAnswer' || reason === 'busy'))
        return { ...story, text: `${words.noAnswer} ${moment}` }
      if (now === 'waiting' && at) return { ...story, text: `${words.later} ${moment}` }
      return { ...story, text: words.calling, note: words.callingText, isRunning: true }
    }
    async function look(): Promise<void> {
      const seen = await ask<Progress>(inside(), `callbacks/${id}`)
      // Without an answer the last word stands.
      if (seen) last = seen
      draw()
      if (last.state === 'talked' || last.state === 'failed' || Date.now() - sinceMs > watchMs)
        clearInterval(watched)
    }
    clearInterval(watched)
    let ticks = 0
    watched = setInterval(() => {
      draw()
      // Often at first; who waits for tomorrow needs no news each second.
      if (++ticks % (last.at ? 20 : 2) === 0) later(look())
    }, 1000)
    draw()
    later(look())
  }
}

/** As the server takes beginnings of paths: `*` stands for anything between. */
function fitsPage(patterns: string[], path: string): boolean {
  const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')
  return (
    patterns.length === 0 ||
    patterns.some((one) => new RegExp(`^${escaped(one)}${one.includes('*') ? '$' : ''}`).test(path))
  )
}

function later(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    setTimeout(() => {
      throw error
    })
  })
}
