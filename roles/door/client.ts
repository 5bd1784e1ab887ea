import { deserialize, serialize } from 'node:v8'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import type { Asked, Methods, Said } from './methods.ts'

/** No controller leads the calls at this moment, or it did not answer. */
export class ControllerAway extends Error {
  override name = 'ControllerAway'
}

/** Who leads the calls, as the lease tells. */
export interface Led {
  epoch: number
  address: string
  key: string
}

export interface DoorClient {
  readonly isOpen: boolean
  /** @throws ControllerAway; whatever the exchange itself throws */
  ask<Name extends keyof Methods>(
    method: Name,
    ...given: Parameters<Methods[Name]>
  ): Promise<Awaited<ReturnType<Methods[Name]>>>
  close(): Promise<void>
}

/** While a controller is spoken to, the lease is looked at this often: one that hangs keeps its connections. */
const watchMs = 500
const retryMs = 200
const answerMs = 10_000

/**
 * Speaks with whichever controller leads the calls, and finds the next one when that changes.
 * @param find reads the lease; null when nobody holds it. It may fail: then whoever is spoken to stays
 */
export function createDoorClient(options: {
  find: () => Promise<Led | null>
  onSaid: (said: Exclude<Said, { id: number }>) => void
  onLost: () => void
  log: Logger
}): DoorClient {
  const { find, log } = options
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let socket: WebSocket | undefined
  let isOpen = false
  let spoken: Led | null = null
  let nextId = 1
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  function lookSoon(ms: number): void {
    if (isClosed) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      looking = look()
        .catch((err: unknown) => log.debug({ err }, 'Who leads the calls cannot be read'))
        .then(() => lookSoon(socket ? watchMs : retryMs))
    }, ms)
  }

  async function look(): Promise<void> {
    const led = await find()
    if (isClosed) return
    if (spoken && (led?.epoch !== spoken.epoch || led.address !== spoken.address)) leave()
    if (led && !socket) connect(led)
  }

  function connect(led: Led): void {
    const fresh = new WebSocket(led.address, {
      headers: { authorization: `Bearer ${led.key}` },
      handshakeTimeout: 2000,
      maxPayload: 64 * 1024 ** 2
    })
    socket = fresh
    spoken = led
    fresh.on('message', (data: Buffer) => {
      if (socket === fresh) hear(deserialize(data) as Said)
    })
    fresh.on('error', (err) => log.debug({ err }, 'The controller cannot be spoken to'))
    fresh.on('close', () => {
      if (socket !== fresh) return
      leave()
      lookSoon(retryMs)
    })
  }

  function hear(said: Said): void {
    if (said.is === 'answer' || said.is === 'failed') {
      const asked = waiting.get(said.id)
      waiting.delete(said.id)
      if (said.is === 'answer') asked?.resolve(said.value)
      else asked?.reject(Object.assign(new Error(said.message), { name: said.name }))
      return
    }
    if (said.is === 'standing') isOpen = true
    options.onSaid(said)
  }

  function leave(): void {
    const wasOpen = isOpen
    const old = socket
    socket = undefined
    spoken = null
    isOpen = false
    old?.terminate()
    for (const { reject } of waiting.values())
      reject(new ControllerAway('The controller of the calls is gone'))
    waiting.clear()
    if (wasOpen) options.onLost()
  }

  lookSoon(0)
  return {
    get isOpen() {
      return isOpen
    },
    ask(method, ...given) {
      const through = socket
      if (!isOpen || !through)
        return Promise.reject(
          new ControllerAway('No controller leads the calls at this moment; try again soon')
        )
      const asked: Asked = { id: nextId, method, given }
      nextId += 1
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(asked.id)
          reject(new ControllerAway('The controller of the calls does not answer'))
        }, answerMs)
        waiting.set(asked.id, {
          resolve: (value) => {
            clearTimeout(late)
            resolve(value as never)
          },
          reject: (error) => {
            clearTimeout(late)
            reject(error)
          }
        })
        through.send(serialize(asked))
      })
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
      clearTimeout(timer)
      leave()
    }
  }
}
