import type { IncomingMessage } from 'node:http'
import type { TlsKeeper } from '../host/tls/keeper.ts'
import type { WayFinding } from '../upkeep/certificates.ts'

/** How people reach this installation from outside: by TLS of its own, or through a proxy. */
export interface Outside {
  /** The web port itself speaks https. */
  readonly isTls: boolean
  /** Addresses and networks of proxies that may say for whom they speak. */
  readonly trustProxy: readonly string[]
  /** Null in tests of other things. */
  readonly keeper: TlsKeeper | null
  readonly sipTlsPort: number | null
  readonly ways: Ways
}

/** Learns from the requests whether a proxy is set up as it must be. */
export interface Ways {
  /** Tells which addresses are trusted proxies, once that is known. */
  trust(isTrusted: (address: string) => boolean): void
  request(req: IncomingMessage): void
  /** A WebSocket came through. */
  upgrade(req: IncomingMessage): void
  findings(): WayFinding[]
}

/** Whether people come by https, as far as the settings tell: then the session never leaves by plain http. */
export const isHttpsOutside = (deps: {
  readonly outside?: Pick<Outside, 'isTls'>
  readonly publicUrl?: string | undefined
}): boolean => deps.outside?.isTls === true || deps.publicUrl?.startsWith('https:') === true

/** What the settings say of the way in, with a fresh watch over it. */
export const outsideOf = (
  keeper: TlsKeeper | null,
  told: Pick<Outside, 'isTls' | 'trustProxy' | 'sipTlsPort'> & { publicUrl?: string | undefined }
): Outside => ({
  keeper,
  isTls: told.isTls,
  trustProxy: told.trustProxy,
  sipTlsPort: told.sipTlsPort,
  ways: createWays({ isTls: told.isTls, publicUrl: told.publicUrl })
})

/** Seen longer ago, it may have been set right since. */
const forgetMs = 24 * 3_600_000

type Seen = 'noUpgrade' | 'strangerProxy' | 'plainProxy' | 'silentProxy' | 'httpsProxy'

/** Watches how people come. What it finds is told by the system page until it was not seen for a day. */
export function createWays(options: {
  isTls: boolean
  publicUrl: string | undefined
  now?: () => number
}): Ways {
  const { isTls, publicUrl, now = Date.now } = options
  const seen = new Map<Seen, { atMs: number; address: string }>()
  let isTrusted = (_address: string): boolean => false
  const isPlainUrl = publicUrl?.startsWith('http:') === true

  function request(req: IncomingMessage): void {
    const { headers } = req
    const address = plain(req.socket.remoteAddress)
    const note = (what: Seen): void => void seen.set(what, { atMs: now(), address })
    // Proxies that do not know of upgrades drop that word and pass the rest on.
    if (headers['sec-websocket-version'] !== undefined && headers.upgrade === undefined) note('noUpgrade')
    const proto = headers['x-forwarded-proto']
    const isForwarded = proto !== undefined || headers['x-forwarded-for'] !== undefined
    if (!isForwarded) return
    if (!isTrusted(address)) {
      // Anybody on the internet may write such a header; a proxy is near.
      if (isNear(address)) note('strangerProxy')
      return
    }
    seen.delete('strangerProxy')
    if (proto === undefined) {
      if (publicUrl === undefined && !isTls) note('silentProxy')
      return
    }
    seen.delete('silentProxy')
    const isSecure = String(proto).split(',')[0]?.trim() === 'https'
    if (isSecure && isPlainUrl) note('httpsProxy')
    if (!isSecure && !isPlainUrl) note('plainProxy')
  }

  return {
    trust: (test) => void (isTrusted = test),
    request,
    upgrade(req) {
      request(req)
      seen.delete('noUpgrade')
    },
    findings() {
      const found: WayFinding[] =
        isTls && isPlainUrl ? [{ reason: 'httpPublicUrl', values: { url: publicUrl } }] : []
      for (const reason of [
        'noUpgrade',
        'strangerProxy',
        'httpsProxy',
        'plainProxy',
        'silentProxy'
      ] as const) {
        const one = seen.get(reason)
        if (one && now() - one.atMs < forgetMs) found.push({ reason, values: { address: one.address } })
      }
      return found
    }
  }
}

const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')
const isNear = (address: string): boolean =>
  /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/.test(address)
