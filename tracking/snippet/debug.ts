import { makeReport, type Report } from './debug-report.ts'
import type { Inside, Look, Part } from './parts.ts'
import { quietly } from './store.ts'
import { h } from './widget-dom.ts'
import { debugWords } from './debug-words.ts'
import { pageLanguage } from './words.ts'

interface DebugWindow extends Window {
  vpbxPart?: Part<Look> | undefined
}

const everyMs = 1500
const style = `
:host{all:initial}
*{box-sizing:border-box;margin:0;font:13px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
.list{position:fixed;left:12px;bottom:12px;width:min(430px,calc(100vw - 24px));max-height:min(70vh,640px);overflow:auto;background:#15201c;color:#e9f2ee;border-radius:12px;box-shadow:0 10px 40px rgb(0 0 0/40%);padding:14px 16px}
h2{font-size:15px;font-weight:650}h3{font-size:11px;font-weight:650;letter-spacing:.06em;text-transform:uppercase;color:#8fb8a8;margin:13px 0 4px}
header{display:flex;justify-content:space-between;gap:8px;align-items:center}
button{background:#2b3c35;color:inherit;border:0;border-radius:7px;padding:5px 10px;cursor:pointer}
p,li{overflow-wrap:anywhere}ul{padding:0;list-style:none;display:grid;gap:4px}
.dim{color:#9fb3aa}.bad{color:#ffb4a0}.good{color:#7fd8b8}
:focus-visible{outline:2px solid #7fd8b8;outline-offset:2px}
@media print{.list{display:none}}`

const page = window as DebugWindow

page.vpbxPart = (inside) => ({
  look(token) {
    const { check } = inside()
    if (check) tell(inside, token)
    else overlay(inside, token)
  }
})

/** On a page of the check: the list is shown beside it, by whoever frames it. */
function tell(inside: () => Inside, token: string): void {
  const send = (): void => {
    makeReport(inside(), token).then(
      (report) => parent.postMessage({ type: 'vpbx-report', report }, '*'),
      (error: unknown) => parent.postMessage({ type: 'vpbx-fault', text: String(error) }, '*')
    )
  }
  send()
  setInterval(send, everyMs)
}

function overlay(inside: () => Inside, token: string): void {
  // The next pages of the site are looked into as well, in this tab.
  quietly(() => sessionStorage.setItem('_vpbx_debug', token))
  const words = debugWords(pageLanguage())
  const host = h('div', { 'data-vpbx-noswap': true })
  const root = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  const body = h('div')
  const end = (): void => {
    clearInterval(timer)
    quietly(() => sessionStorage.removeItem('_vpbx_debug'))
    host.remove()
  }
  root.append(
    h(
      'section',
      { class: 'list', 'aria-label': words.title, tabindex: '0' },
      h('header', {}, h('h2', {}, words.title), h('button', { type: 'button', click: end }, words.close)),
      body
    )
  )
  host.style.cssText = 'position:fixed;z-index:2147483001;width:0;height:0'
  let shown = ''
  const draw = (): void => {
    makeReport(inside(), token).then(
      (report) => {
        // A link that has run out shows nothing to anybody.
        if (report.faults.some((fault) => /^explain (403|404)$/.test(fault))) return end()
        const text = JSON.stringify(report)
        if (text === shown) return
        shown = text
        body.replaceChildren(...linesOf(report, words))
        if (!host.isConnected) document.body.append(host)
      },
      () => undefined
    )
  }
  const timer = setInterval(draw, everyMs)
  draw()
}

function linesOf(report: Report, words: ReturnType<typeof debugWords>): Node[] {
  const { verdict, numbers, found, faults } = report
  const line = (text: string, tone = ''): HTMLElement => h('li', { class: tone }, text)
  const part = (title: string, lines: HTMLElement[]): Node[] => [h('h3', {}, title), h('ul', {}, ...lines)]
  const touch = verdict?.current
  return [
    ...part(words.visit, [
      line(report.visit ? `${words.visitId} ${report.visit}` : words.noVisit, report.visit ? '' : 'bad'),
      line(
        words.states[report.state ?? 'none'] ?? report.state ?? '',
        report.state === 'tracked' ? 'good' : 'bad'
      ),
      line(words.consent[report.consent], report.consent === 'missing' ? 'bad' : 'dim')
    ]),
    ...(verdict && touch
      ? part(words.source, [
          line(
            [touch.inquiryChannel, touch.source, touch.medium, touch.campaign, touch.keyword]
              .filter(Boolean)
              .join(' / ')
          ),
          line(words.rules[verdict.rule] ?? verdict.rule, 'dim')
        ])
      : []),
    ...(verdict?.groups ?? []).flatMap(({ group, pools }) =>
      part(
        `${words.group} ${group}`,
        pools.length === 0
          ? [line(words.noPool, 'bad')]
          : pools.map((pool) =>
              line(
                `${pool.isChosen ? '✓ ' : ''}${pool.name}: ${
                  pool.isChosen
                    ? words.chosen
                    : pool.misses.length > 0
                      ? `${words.misses} ${pool.misses.map((kind) => words.kinds[kind] ?? kind).join(', ')}`
                      : words.lower
                }`,
                pool.isChosen ? 'good' : 'dim'
              )
            )
      )
    ),
    ...part(
      words.numbers,
      numbers.length === 0
        ? [line(words.noNumbers, 'bad')]
        : numbers.map((number) => {
            const held = verdict?.held.find((one) => one.group === number.group)
            const until = held ? `, ${words.until} ${new Date(held.until).toLocaleTimeString()}` : ''
            return line(
              `${number.group}: ${number.formatted} (${words.number[number.kind] ?? number.kind}${until})`
            )
          })
    ),
    ...part(
      `${words.found} (${found.length})`,
      found.length === 0
        ? [line(words.nothing, 'bad')]
        : found.map(({ text, where, what, why }) =>
            line(
              `${text} · ${where}: ${words.what[what]}${why ? ` (${words.why[why] ?? why})` : ''}`,
              what === 'swapped' ? 'good' : what === 'waiting' ? 'bad' : 'dim'
            )
          )
    ),
    ...(faults.length > 0
      ? part(
          words.faults,
          faults.map((fault) => line(words.fault(fault), 'bad'))
        )
      : [])
  ]
}
