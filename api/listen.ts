import { redirectPort, plainPort, tlsPort } from '../host/tls/web-port.ts'
import { createApp } from './app.ts'
import type { ApiDeps } from './deps.ts'
import { attachLive } from './live.ts'
import { createClientNews } from './live/news.ts'
import { attachSipProxy } from './sip-proxy.ts'

/**
 * Opens the web port: screens, API, live feed and telephones of browsers, by https where TLS is on.
 * @returns what closes it and cuts whoever is connected
 */
export async function listen(
  deps: ApiDeps,
  options: {
    port: number
    host: string
    redirectPort: number | undefined
    ariPort: number
    softphonesAt?: { host: string; port: number } | null
  }
): Promise<() => Promise<void>> {
  const { outside, log } = deps
  const all = { ...deps, clientNews: createClientNews() }
  const app = createApp(all)
  const web = outside?.isTls && outside.keeper ? tlsPort(app, outside.keeper, log) : plainPort(app)
  const live = attachLive(web.server, all)
  const detachSip = attachSipProxy(web.server, {
    ...deps,
    ariPort: options.ariPort,
    softphonesAt: options.softphonesAt ?? null
  })
  await web.listen(options.port, options.host)
  const other = options.redirectPort === undefined ? null : redirectPort(options.port)
  await other?.listen(options.redirectPort ?? 0, options.host)
  return async () => {
    await other?.close()
    detachSip()
    await live.close()
    await web.close()
  }
}
