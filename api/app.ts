import path from 'node:path'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import helmet from 'helmet'
import { compressedAssets } from './assets.ts'
import type { ApiDeps } from './deps.ts'
import { dispatchTo } from './dispatch.ts'
import { toApiError } from './errors.ts'
import { ApiError, sendProblem } from './problems.ts'
import { isHttpsOutside } from './outside.ts'
import { allEndpoints } from './routes/index.ts'
import { hookDoor } from './hook-door.ts'
import { trackDoor } from './track-door.ts'

/** The HTTP side of everything: API and browser app. Does not listen. */
export function createApp(deps: ApiDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  // Only proxies that the admin has named may say who the visitor is, and how they came.
  const proxies = deps.outside?.trustProxy ?? []
  app.set('trust proxy', proxies.length > 0 && [...proxies])
  app.set('query parser', 'simple')
  app.use(watchWays(deps, app.get('trust proxy fn') as (address: string, hops: number) => boolean))
  app.use(securityHeaders(deps))

  app.use('/api/track', trackDoor(deps))
  app.use('/api/hooks', hookDoor())
  app.use('/u', hookDoor())

  app.use(
    ['/api/contacts', '/api/contact-merges', '/api/companies', '/api/deals', '/api/inquiries'],
    tellOfChanges(deps)
  )

  app.use(dispatchTo(allEndpoints(deps), deps))
  app.use('/api', () => {
    throw new ApiError('not_found')
  })
  if (deps.uiDir !== null) serveUi(app, deps.uiDir)
  app.use(() => {
    throw new ApiError('not_found')
  })
  // Express tells this from other handlers by its four parameters.
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const problem = toApiError(error)
    if (problem.status >= 500) {
      const level = problem.code === 'internal' ? 'error' : 'warn'
      deps.log[level]({ err: error, method: req.method, path: req.path }, 'A request failed')
    }
    // What has begun cannot become a problem any more: it is cut, so that nobody takes it for whole.
    if (res.headersSent) res.destroy()
    else sendProblem(res, problem)
  })
  return app
}

/** Cards of calls in progress show what was changed of their clients, by whomever. */
function tellOfChanges({ clientNews }: ApiDeps) {
  return (req: Request, res: Response, next: NextFunction): void => {
    if (clientNews && !/^(GET|HEAD)$/.test(req.method))
      res.on('finish', () => {
        if (res.statusCode < 300) clientNews.tell()
      })
    next()
  }
}

/** Sees how requests come, and names what a proxy has left out. */
function watchWays({ outside }: ApiDeps, isTrusted: (address: string, hops: number) => boolean) {
  outside?.ways.trust((address) => isTrusted(address, 0))
  return (req: Request, res: Response, next: NextFunction): void => {
    outside?.ways.request(req)
    if (req.path === '/sip' && req.get('Sec-WebSocket-Version') !== undefined) {
      res.set({ Upgrade: 'websocket', Connection: 'Upgrade' })
      throw new ApiError('upgrade_lost')
    }
    next()
  }
}

/** For a year: a certificate that browsers do not trust must never lock people out for so long. */
const hsts = 'max-age=31536000'

function securityHeaders(deps: ApiDeps) {
  const isHttps = isHttpsOutside(deps)
  const { outside, publicUrl } = deps
  const isReal = (): boolean =>
    outside?.isTls === true
      ? outside.keeper?.current().facts.trust === 'public'
      : publicUrl?.startsWith('https:') === true
  const fixed = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine puts its style tags in at run time.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"]
      }
    },
    // Told below: it hangs on the certificate of the moment.
    strictTransportSecurity: false,
    // Browsers ignore it without https, with a warning in everybody's console.
    crossOriginOpenerPolicy: isHttps,
    originAgentCluster: isHttps,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' }
  })
  return (req: Request, res: Response, next: NextFunction): void => {
    if (isReal()) res.set('Strict-Transport-Security', hsts)
    fixed(req, res, next)
  }
}

/** The built browser app: hashed files for ever, and its page for every address that is not a file. */
function serveUi(app: Express, uiDir: string): void {
  const permissions = 'microphone=(self), autoplay=(self), camera=(), geolocation=()'
  app.use('/assets', compressedAssets(path.join(uiDir, 'assets')))
  app.use(
    '/assets',
    express.static(path.join(uiDir, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      fallthrough: true
    })
  )
  app.use('/assets', () => {
    throw new ApiError('not_found')
  })
  const noCache = (res: Response): void => {
    res.set('Cache-Control', 'no-cache').set('Permissions-Policy', permissions)
  }
  app.use(express.static(uiDir, { index: false, cacheControl: false, setHeaders: noCache }))
  app.use((req, res, next) => {
    if (!/^(GET|HEAD)$/.test(req.method) || path.extname(req.path) !== '') {
      next()
      return
    }
    noCache(res)
    res.sendFile('index.html', { root: uiDir, cacheControl: false }, (error?: Error) => {
      if (error && !res.headersSent) next(new ApiError('not_found', { cause: error }))
    })
  })
}
