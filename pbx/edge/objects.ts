import { withOneRegistrar, type ObjectsFor } from '../nodes/shape.ts'
import type { PjsipObject } from '../provision/objects.ts'
import { edgeName, trunkHeader } from './render.ts'

/**
 * What nodes know when they stand behind the edge: telephones are called there, carriers through it, and a carrier is
 * recognised by what the edge says, since every request comes from the edge's address. Pure.
 * @param edge `host:port` at which the nodes reach it
 */
export function behindEdge(edge: string): ObjectsFor {
  const proxy = `sip:${edge};lr`
  return (wanted, node) => [
    ...asker,
    ...withOneRegistrar(wanted, node).map((object) => {
      const { type, id, fields } = object
      if (type === 'aor' && id.startsWith('op-')) {
        // One at a fixed address is called there, as ever.
        return fields['contact'] === undefined
          ? { ...object, fields: { max_contacts: '1', qualify_frequency: '0', contact: `sip:${id}@${edge}` } }
          : object
      }
      if (type === 'endpoint' && id.startsWith('op-'))
        return { ...object, fields: { ...fields, rewrite_contact: 'no' } }
      if (!id.startsWith('trunk-')) return object
      if (type === 'identify')
        return { ...object, fields: { endpoint: id, match_header: `${trunkHeader}: ${id}` } }
      if (type === 'endpoint' || type === 'aor' || type === 'registration') {
        const own = fields['outbound_proxy'] === undefined ? { outbound_proxy: proxy } : {}
        const contact = type === 'endpoint' ? { rewrite_contact: 'no', identify_by: 'header' } : {}
        return { ...object, fields: { ...fields, ...own, ...contact } }
      }
      return object
    })
  ]
}

const about = { id: edgeName, owner: 'The SIP edge' }
/** The edge as it asks whether a node lives: not a stranger who guesses, and able to call nobody. */
const asker: readonly PjsipObject[] = [
  { ...about, type: 'aor', fields: { max_contacts: '1', qualify_frequency: '0' } },
  {
    ...about,
    type: 'endpoint',
    fields: { context: 'nobody', identify_by: 'username', aors: edgeName, allow: '!all,alaw' }
  }
]
