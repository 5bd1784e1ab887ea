import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { docsPage } from '../openapi/page.ts'
import { openApiDocument } from '../openapi/document.ts'

/** The documentation, made from the same definitions that the routes run on. */
export function docsRoutes({ version }: ApiDeps, endpoints: readonly Endpoint[]): Endpoint[] {
  const own: Endpoint[] = [
    endpoint({
      route: 'GET /api/openapi.json',
      summary: 'This documentation as OpenAPI 3.1',
      raw: 'application/json',
      handle({ res }) {
        res.json(document)
        return Promise.resolve()
      }
    }),
    endpoint({
      route: 'GET /api/docs',
      summary: 'This documentation as a page',
      raw: 'text/html',
      handle({ res }) {
        res.type('html').send(html)
        return Promise.resolve()
      }
    })
  ]
  const document = openApiDocument([...endpoints, ...own], version)
  const html = docsPage(document)
  return own
}
