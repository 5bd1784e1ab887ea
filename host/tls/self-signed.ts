import { generateKeyPair, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { plainHost } from './material.ts'

const dayMs = 86_400_000
/** Longer is refused by some systems even when a person has said that they trust it. */
const daysValid = 820

/**
 * Makes a key and a certificate for these hosts that nobody else has signed: the traffic is sealed, and browsers warn
 * until a person tells them to trust it.
 */
export async function makeSelfSigned(
  hosts: readonly string[],
  nowMs: number
): Promise<{ cert: string; key: string }> {
  // Large, and needed once in two years.
  const { default: forge } = await import('node-forge')
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // Its first bits keep it positive and its zeros from leading: such a number must not be, and OpenSSL refuses it.
  certificate.serialNumber = `4${randomBytes(16).toString('hex').slice(1)}`
  certificate.validity.notBefore = new Date(nowMs - dayMs)
  certificate.validity.notAfter = new Date(nowMs + daysValid * dayMs)
  const subject = [
    { name: 'commonName', value: hosts[0]?.slice(0, 64) ?? 'localhost' },
    { name: 'organizationName', value: 'Ringtrace (self-signed)' }
  ]
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: hosts.map((host) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }))
    }
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return { cert: forge.pki.certificateToPem(certificate).replaceAll('\r', ''), key: privateKey }
}

/** Under which names this machine may be reached: those that were told, its own name, its addresses. */
export function ownHosts(told: readonly (string | undefined)[]): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
  const all = [...told, hostname(), 'localhost', ...addresses, '127.0.0.1', '::1']
  const plain = all.map((host) => plainHost(host ?? ''))
  return [...new Set(plain)].filter(isHost)
}

/** What a certificate can name. */
const isHost = (host: string): boolean =>
  isIP(host) !== 0 || /^[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?$/.test(host)
