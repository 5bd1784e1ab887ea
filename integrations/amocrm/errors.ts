import { faultOf } from '../connectors/faults.ts'
import { ForeignError, type HttpAnswer } from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'

/** How long everything waits when amoCRM says that we ask too often. */
const limitMs = 5_000
/** An item that was not taken because nobody there has this phone. */
const unknownStatus = 263

/** What is wrong with an answer as a whole; null when nothing is. Pure. */
export function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  // Lists without an item are answered with 204 and nothing.
  if (status === 204 || (status >= 200 && status < 300 && typeof body === 'object')) return null
  const said = recordOf(body)
  const details = listOf(said['validation-errors'])
    .flatMap((one) => listOf(recordOf(one)['errors']))
    .map((one) => [textOf(recordOf(one)['path']), textOf(recordOf(one)['detail'])].filter(Boolean).join(': '))
  const message =
    details.join('; ') ||
    textOf(said['hint']) ||
    textOf(said['detail']) ||
    textOf(said['title']) ||
    `amoCRM answered ${status}`
  const fault = faultOf(status)
  return new ForeignError(fault, `http${status}`, message, fault === 'limit' ? nowMs + limitMs : null)
}

/** Whether an answer says that nobody there has the phone of a call: in one of the items, or as a whole. Pure. */
export function isNobody({ body }: HttpAnswer): boolean {
  const said = recordOf(body)
  const items = [said, ...listOf(said['errors']), ...listOf(recordOf(said['_embedded'])['errors'])]
  return items
    .map(recordOf)
    .some(
      (one) =>
        Number(one['status']) === unknownStatus ||
        Number(one['code']) === unknownStatus ||
        /entity not found/i.test(`${textOf(one['detail'])} ${textOf(one['title'])}`)
    )
}

/** An item that was refused inside of an answer that is well as a whole. Pure. */
export function itemError({ body }: HttpAnswer): ForeignError | null {
  const said = recordOf(body)
  const [first] = [...listOf(said['errors']), ...listOf(recordOf(said['_embedded'])['errors'])].map(recordOf)
  if (!first) return null
  const message = textOf(first['detail']) || textOf(first['title']) || 'amoCRM did not take it'
  return new ForeignError('refused', `item${textOf(first['status'])}`, message)
}
