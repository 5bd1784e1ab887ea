import { createSocket, type Socket } from 'node:dgram'
import os from 'node:os'
import type { MediaOrder, MediaReport } from './messages.ts'
import { blankPacket, packetMs, readMark, stamp } from './sound.ts'

/**
 * The sound of all telephones, in a process of its own: each sends 50 packets a second from a socket of its own and looks
 * at what comes. Each socket has its own buffer in the kernel, so nothing is lost here when this process is late.
 */
interface Telephone {
  socket: Socket
  stream: number
  /** Two in turn: one may still be with the kernel. */
  packets: [Buffer, Buffer]
  number: number
  dueMs: number
  isTalking: boolean
  counted: { sent: number; received: number; seen: Set<number> }
  /** Of what comes from this telephone, at the other end. */
  jitterMs: number
  lastWayMs: number | null
}

const slotMs = 0.5
const slots = 4000
const telephones = new Map<string, Telephone>()
let streams: Telephone[] = []
let isCounting = false
let delays = new Uint32Array(slots)
let late = new Uint32Array(slots)
let [changed, repeated] = [0, 0]
let cpu = process.cpuUsage()

const note = (into: Uint32Array, ms: number): void => {
  const slot = Math.max(0, Math.min(slots - 1, Math.floor(ms / slotMs)))
  into[slot] = (into[slot] ?? 0) + 1
}

function percentileOf(counts: Uint32Array, percent: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (const [slot, count] of counts.entries()) {
    below += count
    // The upper end of its slot: no more than what is told.
    if (below > 0 && below >= (all * percent) / 100) return (slot + 1) * slotMs
  }
  return Number.NaN
}

async function open(host: string, ports: readonly number[]): Promise<void> {
  await Promise.all(
    ports.map(async (port) => {
      const socket = createSocket('udp4')
      const stream = streams.length
      const one: Telephone = {
        ...{ socket, stream, packets: [blankPacket(stream), blankPacket(stream)], number: 0, dueMs: 0 },
        ...{ isTalking: false, counted: { sent: 0, received: 0, seen: new Set<number>() } },
        ...{ jitterMs: 0, lastWayMs: null }
      }
      streams.push(one)
      telephones.set(`${host}:${port}`, one)
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind(port, host, () => resolve())
      })
      socket.removeAllListeners('error')
      // The other end may have gone a moment before us.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNREFUSED') throw error
      })
      socket.on('message', heard)
    })
  )
}

function talk(host: string, port: number, remote: number): void {
  const one = telephones.get(`${host}:${port}`)
  if (!one || one.isTalking) return
  one.socket.connect(remote, '127.0.0.1', () => {
    one.isTalking = true
    // Spread over the 20 ms, as life would.
    one.dueMs = performance.now() + ((one.stream * 7) % packetMs)
  })
}

function heard(packet: Buffer): void {
  const nowMs = performance.now()
  const mark = readMark(packet)
  const from = mark && streams[mark.stream]
  if (!mark || !from) {
    if (isCounting) changed += 1
    return
  }
  if (!mark.isCounted) return
  const { counted } = from
  if (counted.seen.has(mark.number)) {
    repeated += 1
    return
  }
  counted.seen.add(mark.number)
  counted.received += 1
  const wayMs = nowMs - mark.sentMs
  note(delays, wayMs)
  if (from.lastWayMs !== null) from.jitterMs += (Math.abs(wayMs - from.lastWayMs) - from.jitterMs) / 16
  from.lastWayMs = wayMs
}

function sendDue(): void {
  const nowMs = performance.now()
  for (const one of streams) {
    if (!one.isTalking) continue
    while (one.dueMs <= nowMs) {
      const packet = one.packets[one.number & 1] ?? one.packets[0]
      stamp(packet, { number: one.number, sentMs: performance.now(), isCounted: isCounting })
      if (isCounting) {
        one.counted.sent += 1
        note(late, nowMs - one.dueMs)
      }
      one.number += 1
      one.dueMs += packetMs
      one.socket.send(packet)
    }
  }
}

function report(): MediaReport {
  const talking = streams.filter(({ counted }) => counted.sent > 0)
  const sum = (take: (one: Telephone) => number): number => talking.reduce((all, one) => all + take(one), 0)
  const { user, system } = process.cpuUsage(cpu)
  return {
    streams: talking.length,
    sent: sum(({ counted }) => counted.sent),
    received: sum(({ counted }) => counted.received),
    broken: talking.filter(({ counted }) => counted.received < counted.sent).length,
    ...{ repeated, changed },
    jitterMs: talking.map(({ jitterMs }) => jitterMs),
    delayMs: { p50: percentileOf(delays, 50), p99: percentileOf(delays, 99) },
    lateMs: percentileOf(late, 99),
    cpuMs: (user + system) / 1000
  }
}

function close(): void {
  for (const { socket } of streams) socket.close()
  telephones.clear()
  streams = []
  ;[delays, late, changed, repeated] = [new Uint32Array(slots), new Uint32Array(slots), 0, 0]
}

async function obey(order: MediaOrder): Promise<unknown> {
  switch (order.do) {
    case 'open':
      return open(order.host, order.ports)
    case 'talk':
      return talk(order.host, order.port, order.remote)
    case 'count':
      isCounting = order.isOn
      if (order.isOn) cpu = process.cpuUsage()
      return
    case 'report':
      return report()
    case 'close':
      return close()
  }
}

// Telephones in life are other machines: they do not wait for the exchange's processors. Only root may ask for that.
if (process.getuid?.() === 0) os.setPriority(-15)
const timer = setInterval(sendDue, 1)
process.on('message', ({ id, order }: { id: number; order: MediaOrder }) => {
  obey(order).then(
    (answer) => process.send?.({ id, answer: answer ?? null }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.on('disconnect', () => {
  clearInterval(timer)
  process.exit(0)
})
