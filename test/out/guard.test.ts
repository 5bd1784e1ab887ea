import { expect } from 'chai'
import { deliver } from '../../integrations/webhooks/deliver.ts'
import type { AttemptResult } from '../../integrations/webhooks/deliver.ts'
import { guardedAgent, isAllowedAddress } from '../../integrations/webhooks/guard.ts'
import type { Resolve } from '../../integrations/webhooks/guard.ts'
import { newSecret } from '../../integrations/webhooks/sign.ts'
import { receiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'

describe('a webhook URL cannot be used to reach into our own network', () => {
  let inside: Receiver
  before(async () => {
    inside = await receiver()
  })
  after(() => inside.close())

  const send = async (url: string, allowPrivate = false, resolve?: Resolve): Promise<AttemptResult> => {
    const dispatcher = guardedAgent(allowPrivate, 2000, resolve)
    const request = { method: 'POST', url, headers: {}, body: '{}' }
    try {
      return await deliver(
        { deliveryId: 'd1', secrets: [newSecret()], request, shown: request },
        { dispatcher, allowPrivate, timeoutMs: 2000, stop: new AbortController().signal }
      )
    } finally {
      await dispatcher.destroy()
    }
  }

  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '0x7f000001',
    '2130706433',
    '127.1',
    '[::ffff:127.0.0.1]'
  ]) {
    it(`refuses ${host}`, async () => {
      const result = await send(inside.url.replace('127.0.0.1', host))
      expect(result.outcome).to.equal('failed')
      expect(result.error).to.contain('FORBIDDEN_ADDRESS')
      expect(inside.received).to.have.length(0)
    })
  }

  it('refuses a public name that resolves to a private address, at the moment of connecting', async () => {
    const result = await send(
      inside.url.replace('127.0.0.1', 'crm.example'),
      false,
      (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
    )
    expect(result.error).to.contain('FORBIDDEN_ADDRESS')
    expect(inside.received).to.have.length(0)
  })

  it('dials the address that was checked', async () => {
    let asked = 0
    const result = await send(
      inside.url.replace('127.0.0.1', 'crm.example'),
      true,
      (_host, _options, done) => {
        asked++
        done(null, [{ address: '127.0.0.1', family: 4 }])
      }
    )
    expect(result.outcome).to.equal('ok')
    expect(asked).to.equal(1)
    expect(inside.received[0]?.headers.host).to.contain('crm.example')
  })

  it('knows what is public', () => {
    for (const address of [
      '8.8.8.8',
      '93.184.216.34',
      '2606:2800:220:1::1',
      '2a02:6b8::1',
      '::ffff:8.8.8.8'
    ]) {
      expect(isAllowedAddress(address, false), address).to.equal(true)
    }
    const inside = ['10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '0.0.0.0', 'fd12::1', '::', '::1']
    for (const address of [
      ...inside,
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '::ffff:10.0.0.1',
      '::ffff:a00:1'
    ]) {
      expect(isAllowedAddress(address, false), address).to.equal(false)
    }
    for (const address of [
      '169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fe80::1',
      'fd00:ec2::254',
      '224.0.0.1',
      'x'
    ]) {
      expect(isAllowedAddress(address, true), address).to.equal(false)
    }
    expect(isAllowedAddress('10.1.2.3', true)).to.equal(true)
  })

  it('refuses other protocols', async () => {
    expect((await send('ftp://example.org/')).error).to.contain('FORBIDDEN_ADDRESS')
  })
})
