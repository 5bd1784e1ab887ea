import path from 'node:path'
import { audit } from '../audit.ts'
import { page } from '../contract/common.ts'
import { connectorChoice } from '../contract/connectors.ts'
import { baseOf, isForeignError } from '../connector-words.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** What a link offers to an admin who sets it up: what there is to choose from on the other side, and files made for it. */
export const connectorPartRoutes = ({ db, connectors, publicUrl }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/connectors/:id/lists/:name',
    summary: 'What there is to choose from on the other side: goals, funnels and the like',
    answer: page(connectorChoice),
    async handle({ id, req }) {
      await findRow(db, 'connectors', id)
      try {
        const items = await connectors?.list(id, String(req.params['name']))
        if (!items) throw new ApiError('not_found')
        return { items, nextCursor: null }
      } catch (error) {
        if (!isForeignError(error)) throw error
        throw new ApiError('foreign_system', { detail: error.message, cause: error })
      }
    }
  }),
  endpoint({
    route: 'GET /api/connectors/:id/files/:name',
    summary: 'A file made for this link, such as the archive of a widget',
    raw: 'application/octet-stream',
    async handle(context) {
      const { id, req, res } = context
      await findRow(db, 'connectors', id)
      const name = String(req.params['name'])
      const file = await connectors?.file(id, name, baseOf(publicUrl, req))
      if (!file) throw new ApiError('not_found')
      await audit(db, context, {
        action: 'connector.file',
        entity: 'connector',
        entityId: id,
        data: { name }
      })
      res.set('Content-Disposition', `attachment; filename="${path.basename(name)}"`)
      res.type(file.contentType).send(file.bytes)
    }
  })
]
