import { EventEmitter } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import * as usual from 'socket.io-parser'
import { nowMs, type ClientsHeard, type ClientsOrder } from './messages.ts'

/**
 * Panels' connections, all in this process: they note when each event comes. In life every panel has a processor of its
 * own to read events with; here they share one, so all but the name and the number of an event is left unread.
 */
class QuickDecoder extends EventEmitter {
  readonly #usual = new usual.Decoder()

  constructor() {
    super()
    this.#usual.on('decoded', (packet) => this.emit('decoded', packet))
  }

  add(text: unknown): void {
    if (typeof text !== 'string' || !/^2\["(?!hello)/.test(text)) this.#usual.add(text)
    else
      for (const [, seq] of text.matchAll(/\{"epoch":"[\w-]+","seq":(\d+)/g))
        this.emit('decoded', { type: usual.PacketType.EVENT, nsp: '/', data: ['seen', Number(seq)] })
  }

  destroy(): void {
    this.#usual.destroy()
  }
}
const parser = { Encoder: usual.Encoder, Decoder: QuickDecoder }

const sockets: Socket[] = []
let seqs: number[][] = []
let atMs: number[][] = []
let misplaced = 0
let cpu = process.cpuUsage()

async function open({ url, cookies }: ClientsOrder): Promise<void> {
  seqs = cookies.map(() => [])
  atMs = cookies.map(() => [])
  for (const [index, cookie] of cookies.entries()) {
    const options = {
      ...{ path: '/live', transports: ['websocket'], reconnection: false, forceNew: true, parser },
      auth: { together: true }
    }
    const socket = io(url, { ...options, extraHeaders: { cookie } })
    sockets.push(socket)
    socket.on('seen', (seq: number) => {
      const own = seqs[index] ?? []
      if (seq <= (own.at(-1) ?? 0)) misplaced += 1
      own.push(seq)
      atMs[index]?.push(nowMs())
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('hello', () => resolve())
      socket.once('connect_error', reject)
    })
  }
  cpu = process.cpuUsage()
}

function heard(): ClientsHeard {
  const { user, system } = process.cpuUsage(cpu)
  for (const socket of sockets) socket.disconnect()
  return { seqs, atMs, misplaced, cpuMs: (user + system) / 1000 }
}

process.on('message', (order: ClientsOrder | 'end') => {
  if (order === 'end') {
    process.send?.(heard())
    return
  }
  open(order).then(
    () => process.send?.('open'),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
