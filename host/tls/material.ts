import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import tls from 'node:tls'

/** Why a certificate and its key cannot be used, in the words of the documentation. Codes are stable. */
export const refusals = {
  noCertificate:
    'there is no certificate in this file: it must hold BEGIN CERTIFICATE, as fullchain.pem does',
  badCertificate: 'a certificate in this file is damaged: copy the whole file again',
  noKey: 'there is no private key in this file: it must hold BEGIN PRIVATE KEY, as privkey.pem does',
  lockedKey: 'the key is locked with a passphrase: unlock it first (openssl pkey -in key.pem -out open.pem)',
  badKey: 'the private key is damaged, or of a kind that is not known',
  weakKey:
    'the key is too short for browsers: have a certificate made with RSA of 2048 bits or more, or ECDSA',
  otherKey: 'the key belongs to another certificate: give the key with which this certificate was ordered',
  stranger: 'a certificate in this file does not belong to the chain: leave it out',
  noNames:
    'the certificate names no host, so browsers refuse it: have one made with subject alternative names',
  notForServers: 'the certificate is not for servers: order one for a web server',
  notYet: 'the certificate is not valid yet: look at the clock of this machine',
  ended: 'the certificate has ended: renew it'
} as const
export type Refusal = keyof typeof refusals

/** A certificate or key that cannot be used. */
export class MaterialRefused extends Error {
  override name = 'MaterialRefused'
  readonly reason: Refusal
  /** Whom it is about: the subject of a certificate. */
  readonly about: string | null

  constructor(reason: Refusal, about: string | null = null, options?: { cause?: unknown }) {
    super(`${refusals[reason]}${about === null ? '' : ` (${about})`}`, options)
    this.reason = reason
    this.about = about
  }
}

/** `public`: browsers know who signed it; `private`: a company's own authority did; `selfSigned`: nobody else. */
export type Trust = 'public' | 'private' | 'selfSigned'

/** What an admin wants to know of a certificate. */
export interface CertificateFacts {
  subject: string
  issuer: string
  /** Host names and addresses. */
  names: string[]
  startsMs: number
  endsMs: number
  /** SHA-256, as browsers show it. */
  fingerprint: string
  trust: Trust
  /** False: the certificate of whoever signed it is missing in the file, and some browsers and carriers refuse. */
  isChainWhole: boolean
}

/** A certificate chain with its key, ready to be used. */
export interface Material {
  /** PEM: ours first, then whoever signed it, and so on. */
  readonly cert: string
  readonly key: string
  readonly facts: CertificateFacts
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g
const serverUse = '1.3.6.1.5.5.7.3.1'
const anyUse = '2.5.29.37.0'

/**
 * Checks a certificate chain and its key, both in PEM; they may stand in one text. Whatever the order of the
 * certificates, ours goes first and each is followed by the one that signed it. Says nothing of time.
 * @throws MaterialRefused
 */
export function readMaterial(certText: string, keyText: string): Material {
  const certificates = certificatesIn(certText)
  if (certificates.length === 0) throw new MaterialRefused('noCertificate')
  const { key, pem } = keyIn(keyText)
  const own = certificates.find((one) => one.checkPrivateKey(key))
  if (!own) throw new MaterialRefused('otherKey', subjectOf(certificates[0]))
  const chain = chainFrom(own, certificates)
  const stranger = certificates.find((one) => !chain.some((known) => isSame(known, one)))
  if (stranger) throw new MaterialRefused('stranger', subjectOf(stranger))
  const names = namesOf(own)
  if (names.length === 0) throw new MaterialRefused('noNames', subjectOf(own))
  // Of Node's types only: a certificate without the extension has none.
  const uses = own.keyUsage as string[] | undefined
  if (uses && !uses.includes(serverUse) && !uses.includes(anyUse))
    throw new MaterialRefused('notForServers', subjectOf(own))
  return {
    cert: chain.map(String).join(''),
    key: pem,
    facts: {
      subject: subjectOf(own),
      issuer: wordOf(own.issuer),
      names,
      startsMs: Date.parse(own.validFrom),
      endsMs: Date.parse(own.validTo),
      fingerprint: own.fingerprint256,
      ...standing(chain)
    }
  }
}

/** @throws MaterialRefused ended, notYet */
export function refuseByTime({ facts }: Material, nowMs: number): void {
  if (facts.endsMs < nowMs) throw new MaterialRefused('ended', facts.subject)
  // Clocks differ a little.
  if (facts.startsMs > nowMs + 300_000) throw new MaterialRefused('notYet', facts.subject)
}

/** A host as it is compared: small letters, an IPv6 address in its shortest form and without brackets. */
export function plainHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 6 ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare
}

/** Whether a certificate stands for this host. */
export function covers({ names }: Pick<CertificateFacts, 'names'>, host: string): boolean {
  const wanted = plainHost(host)
  const above = wanted.split('.').slice(1).join('.')
  return names.some((name) => name === wanted || (name.startsWith('*.') && above === name.slice(2)))
}

/** Whole days until a moment, below zero when it has passed. */
export const daysUntil = (endsMs: number, nowMs: number): number => Math.floor((endsMs - nowMs) / 86_400_000)

function certificatesIn(text: string): X509Certificate[] {
  return [...text.matchAll(block)]
    .filter(([, kind]) => kind === 'CERTIFICATE' || kind === 'TRUSTED CERTIFICATE')
    .map(([pem]) => {
      try {
        return new X509Certificate(pem)
      } catch (error) {
        throw new MaterialRefused('badCertificate', null, { cause: error })
      }
    })
}

function keyIn(text: string): { key: KeyObject; pem: string } {
  const found = [...text.matchAll(block)].find(([, kind]) => kind?.endsWith('PRIVATE KEY'))
  if (!found) throw new MaterialRefused('noKey')
  const [pem, kind] = found
  if (kind === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(pem))
    throw new MaterialRefused('lockedKey')
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (error) {
    throw new MaterialRefused('badKey', null, { cause: error })
  }
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (bits !== undefined && bits < 2048) throw new MaterialRefused('weakKey')
  return { key, pem: `${pem}\n` }
}

const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  one.fingerprint256 === other.fingerprint256
/** By its signature alone: OpenSSL's own check asks for uses that a self-signed certificate need not have. */
const signed = (one: X509Certificate, by: X509Certificate): boolean =>
  one.issuer === by.subject && one.verify(by.publicKey)

function chainFrom(own: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [own]
  for (let last = own; ;) {
    const next = all.find((one) => !chain.some((known) => isSame(known, one)) && signed(last, one))
    if (!next) return chain
    chain.push(next)
    last = next
  }
}

let known: X509Certificate[] | undefined
/** Those whom browsers trust, as Node knows them; parsed once, when first needed. */
const publicRoots = (): X509Certificate[] =>
  (known ??= tls.rootCertificates.map((pem) => new X509Certificate(pem)))

function standing(chain: readonly X509Certificate[]): Pick<CertificateFacts, 'trust' | 'isChainWhole'> {
  const last = chain.at(-1)
  if (!last) return { trust: 'private', isChainWhole: false }
  const endsItself = signed(last, last)
  if (endsItself && chain.length === 1) return { trust: 'selfSigned', isChainWhole: true }
  if (publicRoots().some((root) => isSame(root, last) || signed(last, root)))
    return { trust: 'public', isChainWhole: true }
  // Whoever signed ours and is no root itself should have come along; a root of the company need not.
  return { trust: 'private', isChainWhole: endsItself || chain.length > 1 }
}

/** `DNS:a.example, IP Address:192.0.2.1` in words. */
function namesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '')
    .split(/,\s*/)
    .map((part) => plainHost(/^(?:DNS|IP Address):(.+)$/.exec(part)?.[1]?.replaceAll('"', '') ?? ''))
    .filter((name) => name !== '')
}

const subjectOf = (one: X509Certificate | undefined): string =>
  one === undefined ? '' : wordOf(one.subject) || (namesOf(one)[0] ?? '')

/** Of `C=US\nO=Let's Encrypt\nCN=R11`: `R11, Let's Encrypt`. Node gives nothing at all for an empty name. */
function wordOf(name: string | undefined): string {
  const part = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(name ?? '')?.[1] ?? ''
  return [part('CN'), part('O')].filter((word) => word !== '').join(', ')
}
