import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { docsPage } from '../openapi/page.ts'
import { openApiDocument, type OpenApiDocument } from '../openapi/document.ts'

/** The documentation, made from the same definitions that the routes run on. */
export function docsRoutes({ version }: ApiDeps, endpoints: readonly Endpoint[]): Endpoint[] {
  const own: Endpoint[] = [
    endpoint({
      route: 'GET /api/openapi.json',
      summary: 'This documentation as OpenAPI 3.1',
      raw: 'application/json',
      handle({ res }) {
        res.json(document())
        return Promise.resolve()
      }
    }),
    endpoint({
      route: 'GET /api/docs',
      summary: 'This documentation as a page',
      raw: 'text/html',
      handle({ res }) {
        res.type('html').send((html ??= docsPage(document())))
        return Promise.resolve()
      }
    })
  ]
  // Made when somebody asks: it is up to a second of work that no start should wait for.
  let made: OpenApiDocument | undefined
  let html: string | undefined
  const document = (): OpenApiDocument => (made ??= openApiDocument([...endpoints, ...own], version))
  return own
}
