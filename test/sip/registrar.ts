import { createHash, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { header, parse, type Message } from './message.ts'
import { bareResponse } from './peer.ts'

/** How a carrier answers registrations. */
export type Mood = 'accept' | 'forbid' | 'silent'

/** A carrier that takes registrations with a password (digest), and says that it is alive. */
export interface Registrar {
  mood: Mood
  /** REGISTERs that came, each with or without a proof. */
  readonly heard: { hasProof: boolean }[]
  close(): Promise<void>
}

export async function openRegistrar(options: {
  host: string
  port: number
  user: string
  password: string
}): Promise<Registrar> {
  const { host, port, user, password } = options
  const socket = createSocket('udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  const nonce = randomUUID()
  const registrar = { mood: 'accept' as Mood, heard: [] as { hasProof: boolean }[] }

  function answer(request: Message): string | null {
    if (registrar.mood === 'silent') return null
    if (request.method !== 'REGISTER') return bareResponse(request, '200 OK')
    const proof = header(request, 'authorization')
    registrar.heard.push({ hasProof: proof !== '' })
    if (registrar.mood === 'forbid') return bareResponse(request, '403 Account blocked')
    if (!isProven(proof, request, { user, password, nonce })) {
      const challenge = `www-authenticate: Digest realm="carrier", nonce="${nonce}", algorithm=MD5, qop="auth"`
      return bareResponse(request, '401 Unauthorized', 'registrar', [challenge])
    }
    return bareResponse(request, '200 OK', 'registrar', [
      `contact: ${header(request, 'contact')};expires=300`
    ])
  }
  socket.on('message', (data, from) => {
    if (data.length < 20) return
    const text = answer(parse(data.toString('utf8')))
    if (text !== null) socket.send(text, from.port, from.address)
  })
  return Object.assign(registrar, {
    close: () => new Promise<void>((resolve) => socket.close(() => resolve()))
  })
}

function isProven(
  proof: string,
  { method }: Message,
  known: { user: string; password: string; nonce: string }
): boolean {
  const part = (name: string): string => new RegExp(`\\b${name}="?([^",]+)"?`).exec(proof)?.[1] ?? ''
  const md5 = (value: string): string => createHash('md5').update(value).digest('hex')
  const secret = md5(`${known.user}:carrier:${known.password}`)
  const wanted = [secret, known.nonce, part('nc'), part('cnonce'), 'auth', md5(`${method}:${part('uri')}`)]
  return part('nonce') === known.nonce && part('response') === md5(wanted.join(':'))
}
