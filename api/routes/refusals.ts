import { contactOfToken, refuse } from '../../crm/automation/refusals.ts'
import { marketingOf } from '../../crm/automation/facts.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { refusalPage } from '../refusal-page.ts'

/**
 * The page behind a link in a letter or an SMS on which a client refuses advertising, and may take that back. Looking at
 * it changes nothing: mail servers open every link.
 */
export function refusalRoutes({ db }: ApiDeps): Endpoint[] {
  async function show({ req, res }: Context, isAsked: boolean): Promise<void> {
    const { token } = req.params
    const contactId = typeof token === 'string' ? await contactOfToken(db, token) : null
    const wish = (req.body as { wish?: unknown } | undefined)?.wish
    if (contactId !== null && isAsked) await refuse(db, contactId, wish !== 'back')
    const isRefused = contactId !== null && (await marketingOf(db, contactId)) === 'refused'
    res
      .status(contactId === null ? 404 : 200)
      .set('Content-Type', 'text/html; charset=utf-8')
      .set('X-Robots-Tag', 'noindex')
      .send(
        refusalPage({
          state: contactId === null ? 'unknown' : isRefused ? 'refused' : 'asked',
          wasAsked: isAsked,
          locale: req.acceptsLanguages('ru', 'en') === 'en' ? 'en' : 'ru'
        })
      )
  }
  return [
    endpoint({
      route: 'GET /u/:token',
      summary: 'For clients: the page on which advertising is refused',
      raw: 'text/html',
      handle: (context) => show(context, false)
    }),
    endpoint({
      route: 'POST /u/:token',
      summary: 'For clients: refuse advertising, or take that back (`wish=back`)',
      raw: 'text/html',
      handle: (context) => show(context, true)
    })
  ]
}
