import { readFileSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { expect } from 'chai'

const ui = path.join(import.meta.dirname, '../../ui')

type Listener = (event: Record<string, unknown>) => void

/** A tab of the browser, as the worker sees it. */
const tabOf = (id: string, done: string[]) => ({
  id,
  postMessage: (message: { do: string; callId: string }) => done.push(`${id} hears ${message.do}`),
  focus: () => {
    done.push(`${id} comes to the front`)
    return Promise.resolve()
  }
})

/** Runs the worker's file with a browser around it that shows nothing. */
function startWorker() {
  const done: string[] = []
  const shown: { tag: string; title: string; data: unknown; close: () => void }[] = []
  const tabs: ReturnType<typeof tabOf>[] = []
  const listeners = new Map<string, Listener>()
  let slowly: Promise<void> | undefined
  const self = {
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
    skipWaiting: () => Promise.resolve(),
    registration: {
      showNotification: async (title: string, options: { tag: string; data: unknown }) => {
        await slowly
        const one = { title, ...options, close: () => shown.splice(shown.indexOf(one), 1) }
        shown.push(one)
      },
      getNotifications: ({ tag }: { tag?: string } = {}) =>
        Promise.resolve(shown.filter((each) => tag === undefined || each.tag === tag))
    },
    clients: {
      get: (id: string) => Promise.resolve(tabs.find((tab) => tab.id === id)),
      matchAll: () => Promise.resolve(tabs),
      openWindow: (url: string) => Promise.resolve(done.push(`opens ${url}`))
    }
  }
  const file = path.join(ui, 'public/call-notices.js')
  vm.runInNewContext(readFileSync(file, 'utf8'), { self, Promise })
  /** Gives the worker an event and waits until it is done with it. */
  const give = async (name: string, event: Record<string, unknown>): Promise<void> => {
    let wait: Promise<unknown> = Promise.resolve()
    listeners.get(name)?.({ ...event, waitUntil: (work: Promise<unknown>) => (wait = work) })
    await wait
  }
  return {
    done,
    shown,
    tabs,
    wish: (wish: object, id = 'tab1') => give('message', { data: wish, source: { id } }),
    click: (action: string) => give('notificationclick', { notification: shown[0], action }),
    delay(until: Promise<void>) {
      slowly = until
    }
  }
}

const call = { do: 'show', title: 'Ivan', body: '', tag: 'call-1', callId: '1', actions: [] }

describe('the worker of notifications', () => {
  it('brings the tab of the call to the front and answers there', async () => {
    const worker = startWorker()
    worker.tabs.push(tabOf('tab0', worker.done), tabOf('tab1', worker.done))
    await worker.wish(call)
    await worker.click('answer')
    expect(worker.done).to.deep.equal(['tab1 hears answer', 'tab1 comes to the front'])
    expect(worker.shown).to.deep.equal([])
  })

  it('declines without taking anybody from their work, and only shows the tab without a button', async () => {
    const worker = startWorker()
    worker.tabs.push(tabOf('tab1', worker.done))
    await worker.wish(call)
    await worker.click('decline')
    expect(worker.done.splice(0)).to.deep.equal(['tab1 hears decline'])
    await worker.wish(call)
    await worker.click('')
    expect(worker.done).to.deep.equal(['tab1 comes to the front'])
  })

  it('takes a notification away that was still on its way when the call was taken elsewhere', async () => {
    const worker = startWorker()
    let show = (): void => undefined
    worker.delay(new Promise((resolve) => (show = resolve)))
    const both = [worker.wish(call), worker.wish({ do: 'hide', tag: 'call-1' })]
    show()
    await Promise.all(both)
    expect(worker.shown).to.deep.equal([])
  })

  it('clears what a closed tab has left, and opens a window where there is none', async () => {
    const worker = startWorker()
    worker.tabs.push(tabOf('tab2', worker.done))
    await worker.wish(call, 'tab1')
    await worker.wish({ ...call, tag: 'call-2' }, 'tab2')
    await worker.wish({ do: 'tidy' }, 'tab2')
    expect(worker.shown.map(({ tag }) => tag)).to.deep.equal(['call-2'])
    worker.tabs.splice(0)
    await worker.click('answer')
    expect(worker.done).to.deep.equal(['opens /'])
  })
})

describe('a notification without a worker', () => {
  const standing = new Map<string, Plain>()
  const shown = (): string[] => [...standing.values()].map(({ title }) => title)
  let hasFocus = false
  const page = new EventTarget()
  /** One of the same tag stands in the place of the one before, as in browsers. */
  class Plain {
    static readonly permission = 'granted'
    readonly title: string
    readonly #tag: string
    constructor(title: string, { tag }: { tag: string }) {
      this.title = title
      this.#tag = tag
      standing.set(tag, this)
    }
    close(): void {
      if (standing.get(this.#tag) === this) standing.delete(this.#tag)
    }
  }
  const window = Object.assign(new EventTarget(), { Notification: Plain })
  const document = Object.assign(page, { visibilityState: 'visible', hasFocus: () => hasFocus })
  let standNotice: () => { say: (notice: object) => void; end: () => void }
  before(async () => {
    Object.assign(globalThis, { window, document, Notification: Plain })
    // By its path: here nothing is known of the types of browsers.
    const file: string = path.join(ui, 'src/softphone/notices.ts')
    ;({ standNotice } = (await import(file)) as { standNotice: typeof standNotice })
  })
  after(() => {
    for (const name of ['window', 'document', 'Notification']) Reflect.deleteProperty(globalThis, name)
  })

  it('stands while the window is not in front, for as long as the call rings', () => {
    const notice = standNotice()
    const words = { callId: '1', body: '', buttons: null }
    hasFocus = true
    notice.say({ ...words, title: 'A number' })
    expect(shown()).to.deep.equal([])
    hasFocus = false
    window.dispatchEvent(new Event('blur'))
    expect(shown()).to.deep.equal(['A number'])
    hasFocus = true
    window.dispatchEvent(new Event('focus'))
    expect(shown()).to.deep.equal([])
    hasFocus = false
    window.dispatchEvent(new Event('blur'))
    notice.end()
    expect(shown()).to.deep.equal([])
    window.dispatchEvent(new Event('blur'))
    expect(shown()).to.deep.equal([])
  })

  it('says at once what comes to be known, in place of what it said', () => {
    hasFocus = false
    const notice = standNotice()
    const words = { callId: '1', body: '', buttons: null }
    notice.say({ ...words, title: 'A number' })
    notice.say({ ...words, title: 'Ivan' })
    expect(shown()).to.deep.equal(['Ivan'])
    notice.end()
    expect(shown()).to.deep.equal([])
  })
})
