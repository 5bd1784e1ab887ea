import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { header, parse, type Message } from '../sip/message.ts'
import { bareResponse } from '../sip/peer.ts'

/** A carrier that lets nobody register without a password (RFC 3261 22.4, RFC 7616 with MD5 and qop auth). */
export interface Carrier {
  readonly host: string
  /** Registrations that were refused for their answer to the challenge. */
  refused(): number
  /** Where the customer is reached; null while nobody is registered. */
  contact(): string | null
  /** Calls of the customer go to a telephone at this port of the carrier's address from now on. */
  connect(port: number): void
  close(): Promise<void>
}

const realm = 'carrier.test'
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** Opens the carrier's server at port 5060 of an address of its own. */
export async function openCarrier(host: string, user: string, password: string): Promise<Carrier> {
  const socket = createSocket('udp4')
  socket.bind(5060, host)
  await once(socket, 'listening')
  const nonces = new Set<string>()
  let refused = 0
  let contact: string | null = null
  /** A telephone of ours, and the customer as it was heard last. */
  let telephone: number | null = null
  let customer: { address: string; port: number } | null = null

  socket.on('message', (data, from) => {
    if (data.length < 8) return
    if (from.address === host && from.port === telephone) {
      if (customer) socket.send(data, customer.port, customer.address)
      return
    }
    const message = parse(data.toString('utf8'))
    customer = from
    if (telephone !== null && /\b(INVITE|ACK|CANCEL|BYE)\b/.test(header(message, 'cseq'))) {
      socket.send(data, telephone, host)
      return
    }
    if (message.status > 0 || message.method === 'ACK') return
    const answer = message.method === 'REGISTER' ? registered(message) : bareResponse(message, '200 OK')
    socket.send(answer, from.port, from.address)
  })

  function registered(message: Message): string {
    const given = header(message, 'authorization')
    if (given === '') return challenge(message)
    if (!isRight(given)) {
      refused += 1
      return challenge(message)
    }
    const expires = Number(
      header(message, 'expires') || /expires=(\d+)/.exec(header(message, 'contact'))?.[1]
    )
    contact = expires > 0 ? header(message, 'contact') : null
    return bareResponse(message, '200 OK', 'carrier', [
      ...(contact === null ? [] : [`contact: ${contact.replace(/;expires=\d+/, '')};expires=${expires}`])
    ])
  }

  function challenge(message: Message): string {
    const nonce = randomBytes(12).toString('hex')
    nonces.add(nonce)
    const line = `www-authenticate: Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`
    return bareResponse(message, '401 Unauthorized', 'carrier', [line])
  }

  /** Every part of the answer: whose it is, to which challenge, and that it was made with the password. */
  function isRight(given: string): boolean {
    const part = (name: string): string =>
      new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`).exec(given)?.slice(1).find(Boolean) ?? ''
    const [nonce, uri] = [part('nonce'), part('uri')]
    if (part('username') !== user || part('realm') !== realm || !nonces.has(nonce)) return false
    if (uri !== `sip:${host}` && uri !== `sip:${host}:5060`) return false
    const secret = md5(`${user}:${realm}:${password}`)
    const asked = md5(`REGISTER:${uri}`)
    const between = [nonce, part('nc'), part('cnonce'), part('qop')].join(':')
    return part('qop') === 'auth' && part('response') === md5(`${secret}:${between}:${asked}`)
  }

  return {
    host,
    refused: () => refused,
    contact: () => contact,
    connect: (port) => void (telephone = port),
    close: () => new Promise((resolve) => socket.close(() => resolve()))
  }
}
