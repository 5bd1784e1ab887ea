import path from 'node:path'
import type { Logger } from 'pino'
import type { Instance } from '../../host/instance.ts'
import { keepRunning } from '../../host/keep.ts'
import { projectRoot } from '../../host/project-root.ts'
import type { TlsKeeper } from '../../host/tls/keeper.ts'
import { startAsterisk, type StartOptions } from './asterisk.ts'
import type { AsteriskHome } from './home.ts'

export interface KeptAsterisk {
  /** Runs a command of Asterisk's own console and gives what it printed. */
  cli(command: string): Promise<string>
  /** Ends Asterisk with all its calls. */
  stop(): Promise<void>
}

interface Options {
  home: AsteriskHome
  dir: string
  /** Of the ARI application, and of both users. */
  app: string
  instance: Instance
  config: {
    sip: { host: string; port: number; tlsPort: number | null }
    rtp: { start: number; end: number }
    ariHost: string
    ariPort: number
    amiPort: number
    nodeName: string
    sipTrace: boolean
  }
  recordingsDir: string
  publicAddress: {
    current(): { address: string | null } | null
    onChange(tell: (address: string | null) => Promise<void>): void
  }
  keeper: Pick<TlsKeeper, 'file' | 'isNewAtStart' | 'onChange'>
  log: Logger
}

/**
 * Asterisk, started again when it dies; it learns of another public address or certificate while it lives.
 * @throws SetupError when it cannot be started
 */
export async function keepAsterisk(options: Options): Promise<KeptAsterisk> {
  const { home, dir, app, instance, config, recordingsDir, publicAddress, keeper, log } = options
  const settings: StartOptions['settings'] = {
    app,
    sipHost: config.sip.host,
    sipPort: config.sip.port,
    rtpStart: config.rtp.start,
    rtpEnd: config.rtp.end,
    ariPort: config.ariPort,
    ariUser: app,
    ariPassword: instance.ariPassword,
    amiPort: config.amiPort,
    amiUser: app,
    amiPassword: instance.amiPassword,
    recordingsDir,
    systemName: config.nodeName,
    controlHost: config.ariHost,
    sipTrace: config.sipTrace,
    // Of the moment at which Asterisk starts, again and again.
    get externalAddress() {
      return publicAddress.current()?.address ?? null
    },
    ...(config.sip.tlsPort === null ? {} : { tls: { port: config.sip.tlsPort, file: keeper.file } })
  }
  const templatesDir = path.join(projectRoot(), 'dialplan')
  // When it dies its calls are lost, and recovery says so in each.
  const kept = await keepRunning(
    'Asterisk',
    () => startAsterisk({ home, dir, templatesDir, settings, log }),
    log
  )
  publicAddress.onChange((address) => kept.current.takeAddress(address))
  const cli = (command: string): Promise<string> => kept.current.cli(command)
  if (config.sip.tlsPort !== null) {
    // Whoever comes anew gets the new certificate, also of an Asterisk that was found running; nobody is cut.
    keeper.onChange(async () => void (await cli('module reload res_pjsip.so')))
    if (kept.current.adopted && keeper.isNewAtStart) await cli('module reload res_pjsip.so')
  }
  return { cli, stop: () => kept.stop() }
}
