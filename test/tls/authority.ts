import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import forge from 'node-forge'

export interface Keys {
  privateKey: string
  publicKey: string
}
/** Somebody with a certificate: an authority or a server. */
export interface Holder {
  cert: string
  key: string
  subject: string
  keys: Keys
}

/** Dear: make few, and use them for several certificates. */
export const makeKeys = (bits = 2048): Keys =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })

const dayMs = 86_400_000

/** A certificate by `by`, or by itself. Days are from now. */
export function issue(options: {
  subject: string
  keys: Keys
  by?: Holder
  names?: string[]
  fromDays?: number
  toDays?: number
  isAuthority?: boolean
  isForClients?: boolean
}): Holder {
  const { subject, keys, by, names = ['localhost', '127.0.0.1'], isAuthority = false } = options
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey)
  certificate.serialNumber = `4${randomBytes(8).toString('hex').slice(1)}`
  certificate.validity.notBefore = new Date(Date.now() + (options.fromDays ?? -1) * dayMs)
  certificate.validity.notAfter = new Date(Date.now() + (options.toDays ?? 90) * dayMs)
  const name = (value: string) => [{ name: 'commonName', value }]
  certificate.setSubject(name(subject))
  certificate.setIssuer(name(by?.subject ?? subject))
  const altNames = names.map((one) => (isIP(one) === 0 ? { type: 2, value: one } : { type: 7, ip: one }))
  certificate.setExtensions([
    { name: 'basicConstraints', cA: isAuthority },
    ...(isAuthority
      ? [{ name: 'keyUsage', keyCertSign: true }]
      : [
          {
            name: 'extKeyUsage',
            ...(options.isForClients === true ? { clientAuth: true } : { serverAuth: true })
          }
        ]),
    ...(isAuthority || altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }])
  ])
  certificate.sign(forge.pki.privateKeyFromPem(by?.key ?? keys.privateKey), forge.md.sha256.create())
  return {
    cert: forge.pki.certificateToPem(certificate).replaceAll('\r', ''),
    key: keys.privateKey,
    subject,
    keys
  }
}
