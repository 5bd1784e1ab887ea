import { expect } from 'chai'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  covers,
  MaterialRefused,
  readMaterial,
  refusals,
  refuseByTime,
  type Refusal
} from '../../host/tls/material.ts'
import { makeSelfSigned, ownHosts } from '../../host/tls/self-signed.ts'
import { certificates as en } from '../../ui/src/i18n/en/certificates.ts'
import { certificates as ru } from '../../ui/src/i18n/ru/certificates.ts'
import { selfSigned } from '../reports/support/certificate.ts'
import { issue, makeKeys, type Holder } from './authority.ts'

describe('A certificate and its key', function () {
  this.timeout(30_000)
  let root: Holder
  let below: Holder
  let server: Holder
  let stranger: Holder
  before(() => {
    const [a, b, c] = [makeKeys(), makeKeys(), makeKeys()]
    root = issue({ subject: 'Company Root', keys: a, isAuthority: true })
    below = issue({ subject: 'Company Servers', keys: b, by: root, isAuthority: true })
    server = issue({
      subject: 'calls.example',
      keys: c,
      by: below,
      names: ['Calls.Example', '*.calls.example', '192.0.2.7', '2001:db8::7']
    })
    stranger = issue({ subject: 'stranger.example', keys: a })
  })

  it('are read, with what an admin wants to know', () => {
    const { facts } = readMaterial(server.cert + below.cert, server.key)
    expect(facts).to.deep.include({
      subject: 'calls.example',
      issuer: 'Company Servers',
      names: ['calls.example', '*.calls.example', '192.0.2.7', '2001:db8::7'],
      trust: 'private',
      isChainWhole: true
    })
    expect(facts.fingerprint).to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  it('go in order, whatever the order in the file, and once each', () => {
    const mixed = readMaterial(root.cert + below.cert + server.cert + below.cert, server.key)
    expect(mixed.cert).to.equal(server.cert + below.cert + root.cert)
  })

  it('may stand in one text, with words between', () => {
    const text = `Bag Attributes\n${server.key}\nsubject=CN = x\n${server.cert}${below.cert}`
    expect(readMaterial(text, text).cert).to.equal(server.cert + below.cert)
  })

  it('whose signer is missing in the file are told apart', () => {
    expect(readMaterial(server.cert, server.key).facts).to.include({ trust: 'private', isChainWhole: false })
  })

  it('may use elliptic curves, and be signed by themselves', () => {
    const { cert, key } = selfSigned()
    expect(readMaterial(cert, key).facts).to.include({ trust: 'selfSigned', isChainWhole: true })
  })

  const refused: [Refusal, string | null, () => [string, string]][] = [
    ['noCertificate', null, () => ['hello', server.key]],
    ['noCertificate', null, () => [server.key, server.key]],
    ['badCertificate', null, () => [spoilt(server.cert), server.key]],
    ['noKey', null, () => [server.cert, server.cert]],
    ['lockedKey', null, () => [server.cert, locked()]],
    ['badKey', null, () => [server.cert, spoilt(server.key)]],
    ['weakKey', null, () => [server.cert, makeKeys(1024).privateKey]],
    ['otherKey', 'calls.example', () => [server.cert + below.cert, stranger.key]],
    ['stranger', 'stranger.example', () => [server.cert + stranger.cert, server.key]],
    ['noNames', 'x', () => pair(issue({ subject: 'x', keys: server.keys, names: [] }))],
    ['notForServers', 'x', () => pair(issue({ subject: 'x', keys: server.keys, isForClients: true }))]
  ]
  /** Without some of its lines. */
  const spoilt = (pem: string): string => pem.split('\n').toSpliced(2, 3).join('\n')
  const pair = ({ cert, key }: Holder): [string, string] => [cert, key]
  const locked = (): string =>
    String(
      createPrivateKey(server.key).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'secret'
      })
    )
  for (const [index, [reason, about, texts]] of refused.entries()) {
    it(`are refused (${index + 1}): ${refusals[reason]}`, () => {
      const error = thrownBy(() => readMaterial(...texts()))
      expect([error.reason, error.about]).to.deep.equal([reason, about])
      expect(error.message).to.include(refusals[reason])
    })
  }

  it('are refused when they have ended, or are not valid yet', () => {
    const at = (fromDays: number, toDays: number) =>
      readMaterial(...pair(issue({ subject: 'x', keys: server.keys, fromDays, toDays })))
    expect(thrownBy(() => refuseByTime(at(-90, -1), Date.now())).reason).to.equal('ended')
    expect(thrownBy(() => refuseByTime(at(1, 90), Date.now())).reason).to.equal('notYet')
    refuseByTime(at(-1, 1), Date.now())
  })

  it('are made by ourselves for every name of this machine', async () => {
    const hosts = ownHosts(['Calls.Example', undefined, '[2001:db8::9]', 'not a host'])
    expect(hosts.slice(0, 2)).to.deep.equal(['calls.example', '2001:db8::9'])
    expect(hosts).to.include.members(['localhost', '127.0.0.1', '::1']).and.not.include('not a host')
    const { cert, key } = await makeSelfSigned(hosts, Date.now())
    const { facts } = readMaterial(cert, key)
    expect(facts.trust).to.equal('selfSigned')
    expect(new X509Certificate(cert).serialNumber, 'no zero leads').to.match(/^4/)
    for (const host of hosts) expect(covers(facts, host), host).to.equal(true)
    expect(facts.endsMs).to.be.greaterThan(Date.now() + 700 * 86_400_000)
  })

  it('stand for the names in them, and for one level below a star', () => {
    const names = ['calls.example', '*.calls.example', '2001:db8::7']
    for (const host of ['calls.example', 'CALLS.example', 'a.calls.example', '[2001:db8::7]'])
      expect(covers({ names }, host), host).to.equal(true)
    for (const host of ['a.b.calls.example', 'example', 'xcalls.example'])
      expect(covers({ names }, host), host).to.equal(false)
  })

  it('are refused in words that say what to do, in both languages', () => {
    for (const reason of [...Object.keys(refusals), 'unreadable'])
      for (const texts of [en, ru])
        expect((texts.certificates.refused as Record<string, string>)[reason], reason).to.be.a('string')
  })
})

function thrownBy(work: () => unknown): MaterialRefused {
  try {
    work()
  } catch (error) {
    if (error instanceof MaterialRefused) return error
    throw error
  }
  throw new Error('Nothing was refused')
}
