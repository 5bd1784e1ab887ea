import { expect } from 'chai'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { Agent, getGlobalDispatcher, setGlobalDispatcher, type Dispatcher } from 'undici'
import type { Certificate } from '../../api/contract/certificates.ts'
import type { CallTrace } from '../../api/contract/sip-trace.ts'
import type { Device, Provisioning } from '../../api/contract/operators.ts'
import { microphoneHz, isLoud, ready } from '../browser/office.ts'
import { buildPages, hears, openBrowser, signIn, sitDown, waitMs } from '../browser/browser.ts'
import { groupOf } from '../pbx/chaos.ts'
import { bothHear, openOffice, type Office } from '../sip/office.ts'
import { createPeer, type Peer } from '../sip/peer.ts'
import { until } from '../support/until.ts'
import { issue, makeKeys } from './authority.ts'

describe('A whole Ringtrace with TLS', function () {
  this.timeout(90_000)
  let office: Office
  let usual: Dispatcher | undefined
  let browser: Browser | undefined
  let tlsPort = 0
  let number = ''
  const open: Peer[] = []

  before(async function () {
    this.timeout(240_000)
    // Before it starts: then it looks for its pages.
    await buildPages()
    usual = getGlobalDispatcher()
    // Its certificate is its own until somebody brings another.
    setGlobalDispatcher(new Agent({ connect: { rejectUnauthorized: false } }))
    office = await openOffice(19_000, 52, 0, { TLS: 'on' })
    const shown = await office.instance.api<Certificate>('GET', '/api/certificate')
    expect(shown).to.include({ isTls: true, source: 'selfSigned', problem: null })
    tlsPort = shown.sipTlsPort ?? 0
  })
  after(async () => {
    for (const one of open) await one.close()
    await browser?.close()
    await (office as Office | undefined)?.close()
    if (usual) setGlobalDispatcher(usual)
  })

  const api = <T>(method: string, apiPath: string, body?: unknown): Promise<T> =>
    office.instance.api<T>(method, apiPath, body)
  const server = () => ({ host: '127.0.0.1', port: tlsPort })
  async function peer(options: Parameters<typeof createPeer>[0]): Promise<Peer> {
    const made = await createPeer({ isTls: true, ...options })
    open.push(made)
    return made
  }

  it('takes a carrier by TLS with sealed sound and a telephone by TLS; a new certificate cuts neither', async () => {
    const { id } = await api<{ id: string }>('POST', '/api/users', {
      ...{ login: 'desk', name: 'Elena', role: 'operator', password: 'an-operator-password' }
    })
    await api('PATCH', `/api/users/${id}`, { presence: 'available' })
    const device = await api<Device>('POST', '/api/devices', { userId: id, name: 'Desk phone' })
    const account = await api<Provisioning>('GET', `/api/devices/${device.id}/provisioning`)
    const groupId = await groupOf(office.instance, { id, name: 'Elena', host: '', port: 0 })
    const { items } = await api<{ items: { id: string }[] }>('GET', '/api/trunks')
    await api('PATCH', `/api/trunks/${items[0]?.id ?? ''}`, {
      ...{ transport: 'tls', port: 5061, mediaEncryption: 'required' }
    })
    const settings = { assignedFirst: false, groupId, strategy: 'roundRobin', ringSeconds: 20, rounds: 1 }
    const blocks = {
      first: {
        type: 'ring' as const,
        settings: { ...settings, record: true },
        exits: { talked: null, noAnswer: null }
      }
    }
    number = (await office.desk({ operators: 0, blocks })).number

    const phone = await peer({
      ...{ host: '127.0.52.4', port: 0, server: server(), user: account.user, password: account.secret },
      dialog: { hertz: 1000 }
    })
    await until(async () => (await phone.register(120)).status === 200, { what: 'the telephone is known' })
    const carrier = await peer({
      ...{ host: office.company.trunkHost, port: 0, server: server(), user: '+79161112233' },
      dialog: { isSealed: true }
    })
    const caller = await carrier.call(number)
    const operator = await phone.incoming()
    operator.ring()
    operator.answer()
    expect(await caller.final()).to.equal(200)
    expect(caller.remoteSdp()?.seal, 'the exchange seals too').to.be.instanceOf(Buffer)
    await bothHear(caller, operator)
    await office.recorded(number)

    const mine = issue({ subject: 'calls.example', keys: makeKeys() })
    const before = carrier.fingerprint
    await api('PUT', '/api/certificate', { certificate: mine.cert, key: mine.key })
    await bothHear(caller, operator)
    await until(
      async () => {
        // For a moment nobody may come in at all.
        const next = await peer({ ...phone.options, user: 'nobody' }).catch(() => null)
        const now = next?.fingerprint ?? before
        await next?.close()
        const { fingerprint } = await api<Certificate>('GET', '/api/certificate')
        return now === fingerprint && now !== before
      },
      { everyMs: 200, what: 'carriers that come anew get the new certificate' }
    )
    expect((await phone.register(120)).status, 'by the old connection').to.equal(200)
    await bothHear(caller, operator)
    expect((await caller.hangup()).status).to.equal(200)
    const call = await office.ended(number)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client' })
    const { ladder } = await api<CallTrace>('GET', `/api/calls/${call.id}/trace`)
    const kept = (ladder?.messages ?? []).map(({ text }) => text).join('\n')
    // The keys of the sound would open a recording of the line.
    expect(kept)
      .to.include(' inline:***')
      .and.to.not.match(/inline:[^*]/)
    expect(kept)
      .to.match(/^INVITE /m)
      .and.to.match(/^BYE /m)
    const recordingId = call.legs.find((leg) => leg.recordingId !== null)?.recordingId ?? ''
    const audio = await until(
      async () => {
        const response = await fetch(`${office.instance.url}/api/calls/${call.id}/recording`, {
          headers: await office.instance.headers()
        })
        const bytes = (await response.arrayBuffer()).byteLength
        return response.status === 200 && bytes
      },
      { timeoutMs: 20_000, everyMs: 200, what: `recording ${recordingId} can be played` }
    )
    expect(audio).to.be.greaterThan(1000)
  })

  it('refuses a carrier in the open where sealed sound is required', async () => {
    const plain = await peer({
      ...{ host: office.company.trunkHost, port: 0, server: server(), user: '+79161112234' }
    })
    const call = await plain.call(number)
    expect(await call.final()).to.equal(488)
  })

  it('gives a browser its telephone by wss on the port of the page', async () => {
    await api('POST', '/api/users', {
      ...{
        login: 'vera',
        name: 'Vera',
        role: 'operator',
        password: 'an-operator-password',
        device: 'browser'
      }
    })
    browser = await openBrowser(path.join(office.instance.dataDir, 'tones'), microphoneHz)
    const desk = await sitDown(browser, office.instance)
    const { page } = desk
    const sockets: string[] = []
    page.on('websocket', (socket) => sockets.push(socket.url()))
    await signIn(page, 'vera', 'an-operator-password')
    await ready(page)
    await page.getByTestId('open-sound').click()
    await page.locator('[data-testid=microphone-words][data-heard=true]').waitFor()
    await page.getByTestId('echo-call').click()
    await until(async () => isLoud(await hears(page, [microphoneHz])), {
      timeoutMs: waitMs,
      what: 'her own voice comes back'
    })
    const here = office.instance.url.replace('https:', 'wss:')
    expect(sockets).to.include(`${here}/sip`)
    expect(sockets.every((url) => url.startsWith(here))).to.equal(true)
    expect(await desk.faults()).to.deep.equal([])
    const [cookie] = await desk.context.cookies()
    expect(cookie).to.include({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(cookie?.name).to.match(/^__Host-ringtrace_/)
    await desk.close()
  })
})
