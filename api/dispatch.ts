import express, { type RequestHandler, type Router } from 'express'
import type { ApiDeps } from './deps.ts'
import { handlerOf, splitRoute, type Endpoint } from './endpoint.ts'
import { ApiError } from './problems.ts'

/**
 * Hands requests to their endpoints. Endpoints are parted by how their paths begin, because Express tries one pattern after
 * the other, and there are hundreds; a part is made ready by its first request. What belongs to no endpoint goes on.
 * @throws ApiError method_not_allowed
 */
export function dispatchTo(endpoints: readonly Endpoint[], deps: ApiDeps): RequestHandler {
  const parts = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const part = partOf(splitRoute(endpoint.route).path)
    parts.set(part, [...(parts.get(part) ?? []), endpoint])
  }
  const routers = new Map<string, Router>()
  return (req, res, next) => {
    const part = partOf(req.path)
    const own = parts.get(part)
    if (!own) {
      next()
      return
    }
    const router = routers.get(part) ?? routerOf(own, deps)
    routers.set(part, router)
    router(req, res, next)
  }
}

/** `/api/calls/:id/notes` belongs to `api/calls`, `/u/:token` to `u`. Express does not tell capitals from small letters. */
function partOf(path: string): string {
  const [, first = '', second = ''] = path.toLowerCase().split('/', 3)
  return first === 'api' ? `api/${second}` : first
}

function routerOf(endpoints: readonly Endpoint[], deps: ApiDeps): Router {
  const router = express.Router()
  const methods = new Map<string, Set<string>>()
  for (const endpoint of endpoints) {
    const { method, path } = splitRoute(endpoint.route)
    methods.set(path, (methods.get(path) ?? new Set()).add(method))
    router[method.toLowerCase() as 'get'](path, handlerOf(endpoint, deps))
  }
  for (const [path, allowed] of methods) {
    router.all(path, (_req, res) => {
      res.set('Allow', [...allowed].join(', '))
      throw new ApiError('method_not_allowed')
    })
  }
  return router
}
