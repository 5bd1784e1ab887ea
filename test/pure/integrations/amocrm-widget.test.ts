import { expect } from 'chai'
import vm from 'node:vm'
import { crc32 } from 'node:zlib'
import { createSecrets } from '../../../db/secrets.ts'
import { i18n, script } from '../../../integrations/amocrm/widget-files.ts'
import { widget } from '../../../integrations/amocrm/widget.ts'
import { createRecordLinks } from '../../../integrations/connectors/record-links.ts'

describe('The widget for amoCRM', () => {
  interface Sent {
    url: string
    data: Record<string, string>
    done: (answer: object) => void
    failed: () => void
  }

  /** The script as the account runs it. */
  function run(): { click: (phone: string) => Sent; said: { text: string; isBad: boolean }[] } {
    const said: { text: string; isBad: boolean }[] = []
    const actions = new Map<string, (data: { value: string }) => void>()
    let sent: Sent | undefined
    let made: { callbacks: { init(): boolean } } | undefined
    const base = {
      i18n: (name: keyof typeof i18n.ru) => i18n.ru[name],
      get_settings: () => ({ address: 'https://pbx.example.com/api/hooks/amocrm/x' }),
      add_action: (name: string, act: (data: { value: string }) => void) => actions.set(name, act),
      crm_post(url: string, data: Sent['data'], done: Sent['done'], _type: string, failed: Sent['failed']) {
        sent = { url, data, done, failed }
      }
    }
    vm.runInNewContext(script, {
      define: (_needs: unknown, make: () => (this: object) => typeof made) => {
        made = make().call(Object.create(base) as object)
      },
      AMOCRM: {
        constant: (name: string) => (name === 'user' ? { id: 11 } : { subdomain: 'company' }),
        notifications: {
          show_message: ({ text }: { text: string }) => said.push({ text, isBad: false }),
          show_message_error: ({ text }: { text: string }) => said.push({ text, isBad: true })
        }
      }
    })
    expect(made?.callbacks.init()).to.equal(true)
    return {
      said,
      click(phone) {
        actions.get('phone')?.({ value: phone })
        if (!sent) throw new Error('Nothing was sent')
        return sent
      }
    }
  }

  it('tells us who clicked which number, each click by a name of its own', () => {
    const { click } = run()
    const { url, data } = click('+79161112233')
    expect(url).to.equal('https://pbx.example.com/api/hooks/amocrm/x')
    expect(data).to.include({ account: 'company', user: '11', phone: '+79161112233' })
    expect(click('+79161112233').data['click']).to.not.equal(data['click'])
  })

  it('says how it went, and why not', () => {
    const { click, said } = run()
    const sent = click('1')
    sent.done({ ok: true })
    sent.done({ ok: false, reason: 'noSuchPerson' })
    sent.done({ ok: false, reason: 'something new' })
    sent.failed()
    expect(said.map(({ isBad }) => isBad)).to.deep.equal([false, true, true, true])
    expect(said.map(({ text }) => text)).to.deep.equal([
      ...[i18n.ru.call.placed, i18n.ru.call.noSuchPerson, i18n.ru.call.failed, i18n.ru.call.failed]
    ])
  })

  it('comes as an archive with its logos, whose sums are right', () => {
    const archive = widget()
    const files = new Map<string, Buffer>()
    // By the heads of the files, as a reader of streams goes.
    for (let at = 0; archive.readUInt32LE(at) === 0x04034b50;) {
      const [sum, size, name] = [14, 18, 26].map((place) =>
        place === 26 ? archive.readUInt16LE(at + place) : archive.readUInt32LE(at + place)
      ) as [number, number, number]
      const from = at + 30 + name
      const bytes = archive.subarray(from, from + size)
      expect(crc32(bytes)).to.equal(sum)
      files.set(archive.toString('utf8', at + 30, from), bytes)
      at = from + size
    }
    expect([...files.keys()]).to.include.members([
      'manifest.json',
      'script.js',
      'i18n/ru.json',
      'i18n/en.json'
    ])
    const logo = files.get('images/logo_main.png')
    expect(logo?.readUInt32BE(16)).to.equal(400)
    expect(logo?.readUInt32BE(20)).to.equal(272)
    expect(JSON.parse(String(files.get('manifest.json')))).to.have.property('settings')
  })
})

describe('Links to records', () => {
  const links = createRecordLinks(createSecrets(Buffer.alloc(32, 5)), 'https://pbx.example.com/')
  const token = (url: string | null): string => url?.split('/').at(-1) ?? ''

  it('open one record, until they end, and nothing when they were changed', () => {
    const made = token(links.make('r1', 1000))
    expect(links.open(made, 999)).to.equal('r1')
    expect(links.open(made, 1000)).to.equal(null)
    const middle = Math.floor(made.length / 2)
    const changed = made.slice(0, middle) + (made[middle] === 'A' ? 'B' : 'A') + made.slice(middle + 1)
    expect(links.open(changed, 0)).to.equal(null)
    expect(links.open('v1.mp3', 0)).to.equal(null)
    const other = createRecordLinks(createSecrets(Buffer.alloc(32, 6)), 'https://pbx.example.com')
    expect(other.open(made, 0)).to.equal(null)
  })

  it('are not made where nobody reaches us', () => {
    const secrets = createSecrets(Buffer.alloc(32, 5))
    expect(createRecordLinks(secrets, null).make('r1', 1000)).to.equal(null)
  })
})
