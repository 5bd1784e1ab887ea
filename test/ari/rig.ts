import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { signalPid } from '../../host/process.ts'
import { projectRoot } from '../../host/project-root.ts'
import { createAri } from '../../pbx/ari/client.ts'
import type { Ari, AriOptions } from '../../pbx/ari/client.ts'
import type { AriEvent } from '../../pbx/ari/events.ts'
import { startAsterisk } from '../../pbx/provision/asterisk.ts'
import type { RunningAsterisk } from '../../pbx/provision/asterisk.ts'
import { testHome } from '../support/asterisk-root.ts'
import { until } from '../support/until.ts'

export const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' })

/** A real Asterisk of our own for one test file; each file takes its own hundred ports. */
export async function startRig(basePort: number) {
  const dir = path.join(os.tmpdir(), `rt-ari-${basePort}`)
  const recordingsDir = path.join(dir, 'recordings')
  await rm(dir, { recursive: true, force: true })
  const home = await testHome()
  const settings = {
    app: 'ringtrace',
    sipHost: '127.0.0.1',
    sipPort: basePort,
    rtpStart: basePort + 20,
    rtpEnd: basePort + 89,
    ariPort: basePort + 1,
    ariUser: 'ringtrace',
    ariPassword: 'test-ari-secret',
    amiPort: basePort + 2,
    amiUser: 'ringtrace',
    amiPassword: 'test-ami-secret',
    recordingsDir,
    systemName: `t${basePort}`
  }
  const start = (): Promise<RunningAsterisk> =>
    startAsterisk({
      home,
      dir: path.join(dir, 'ast'),
      templatesDir: path.join(projectRoot(), 'dialplan'),
      settings,
      log
    })
  let asterisk = await start()
  return {
    dir,
    settings,
    recordingsDir,
    server: { host: '127.0.0.1', port: basePort },
    cli: (command: string): Promise<string> => asterisk.cli(command),
    pid: (): number => asterisk.pid,
    /** A client with its own connection; close it. */
    ari(options: Partial<AriOptions> = {}): Ari {
      const { app, ariPort, ariUser, ariPassword } = settings
      return createAri({
        host: '127.0.0.1',
        port: ariPort,
        user: ariUser,
        password: ariPassword,
        app,
        log,
        ...options
      })
    },
    stopAsterisk: (): Promise<void> => asterisk.stop(),
    startAsterisk: async (): Promise<void> => void (asterisk = await start()),
    async close(): Promise<void> {
      // Nothing here is worth a gentle end.
      signalPid(asterisk.pid, 'SIGKILL')
      await asterisk.stop()
      await rm(dir, { recursive: true, force: true })
    }
  }
}
export type Rig = Awaited<ReturnType<typeof startRig>>

/** Connects and waits until events flow. */
export async function up(ari: Ari): Promise<void> {
  ari.connect()
  await until(() => ari.isUp, { what: 'the event socket is up' })
}

export type EventOf<Type extends AriEvent['type']> = Extract<AriEvent, { type: Type }>

/** Keeps every event from now on, and waits for one. */
export function listen(ari: Ari) {
  const events: AriEvent[] = []
  const stop = ari.on('event', (event) => events.push(event))
  return {
    events,
    stop,
    types: (channelId: string): string[] =>
      events.filter((e) => channelOf(e) === channelId).map((e) => e.type),
    async wait<Type extends AriEvent['type']>(type: Type, channelId?: string): Promise<EventOf<Type>> {
      const isWanted = (e: AriEvent): e is EventOf<Type> =>
        e.type === type && (channelId === undefined || channelOf(e) === channelId)
      return until(() => events.find(isWanted), { what: `${type} of ${channelId ?? 'any channel'}` })
    }
  }
}

export function channelOf(event: AriEvent): string | null {
  if ('channel' in event) return event.channel.id
  return 'channelId' in event ? event.channelId : null
}
