import { createHash } from 'node:crypto'
import { trunkObjects, type TrunkLink } from './trunk-objects.ts'

/** A user whose phone may ring: the columns of `users` that matter here. */
export interface OperatorDevice {
  name: string
  /** `op-…`: endpoint, auth and AOR carry this id. */
  sipUser: string
  sipSecret: string
  device: 'browser' | 'sip'
  /** `sip:user@host:port` of a phone that does not register. */
  sipAddress: string | null
}

export type ObjectType = 'auth' | 'aor' | 'endpoint' | 'identify' | 'registration'

/** Objects are made in this order, since each names those before it. */
export const objectTypes: readonly ObjectType[] = ['auth', 'aor', 'endpoint', 'identify', 'registration']

export interface PjsipObject {
  type: ObjectType
  /** Also the id of everything else that belongs to the same operator or trunk. */
  id: string
  /** Whose it is, in words for a person: `Trunk "Zadarma"`. */
  owner: string
  fields: Readonly<Record<string, string>>
}

/** The dial string that rings while the controller is away; empty when nobody is chosen. */
export function fallbackDial(sipUsers: readonly string[]): string {
  return sipUsers
    .filter((user) => objectId.test(user))
    .map((user) => `PJSIP/${user}`)
    .join('&')
}

/** What ids look like; anything else never reaches Asterisk. */
export const objectId = /^(op|trunk)-[A-Za-z0-9_-]{1,60}$/

/**
 * Everything that Asterisk must know of these operators and trunks. Pure.
 * Give only the active ones: what is not wanted is deleted.
 */
export function wantedObjects(input: {
  operators: readonly OperatorDevice[]
  trunks: readonly TrunkLink[]
}): PjsipObject[] {
  return [...input.operators.flatMap(operatorObjects), ...input.trunks.flatMap(trunkObjects)]
}

/**
 * What two states of one object differ in. A registration carries its auth too: after a change of password it must
 * start afresh, or a carrier's refusal would stand.
 */
export function fingerprint(object: PjsipObject, siblings: readonly PjsipObject[]): string {
  const auth =
    object.type === 'registration' ? siblings.find((one) => one.type === 'auth')?.fields : undefined
  return createHash('sha256')
    .update(JSON.stringify([object.fields, auth]))
    .digest('hex')
    .slice(0, 16)
}

/** Both kinds of phone: media through us, silence noticed, nothing but calls. */
const phone = {
  context: 'from-operator',
  // A name nobody has is challenged too; never found by address, or a trunk on the same host would become an operator.
  identify_by: 'username',
  direct_media: 'no',
  rtp_symmetric: 'yes',
  rewrite_contact: 'yes',
  force_rport: 'yes',
  // A closed browser tab says nothing: silence is how we learn of it.
  rtp_timeout: '15',
  rtp_timeout_hold: '600',
  allow_subscribe: 'no',
  // The panel shows who calls; a re-INVITE or UPDATE for every change of a name would only cost and confuse.
  send_connected_line: 'no',
  trust_id_inbound: 'no',
  trust_id_outbound: 'yes'
}

function operatorObjects(operator: OperatorDevice): PjsipObject[] {
  const { sipUser: id, name, sipSecret, device, sipAddress } = operator
  const owner = `Operator "${name}"`
  const browser = device === 'browser'
  const auth = { auth_type: 'digest', username: id, password: sipSecret }
  const aor =
    !browser && sipAddress !== null
      ? { contact: sipAddress, max_contacts: '1', qualify_frequency: '0' }
      : {
          max_contacts: '1',
          remove_existing: 'yes',
          remove_unavailable: 'yes',
          qualify_frequency: '30',
          minimum_expiration: '30',
          default_expiration: '120'
        }
  const endpoint = browser
    ? {
        ...phone,
        webrtc: 'yes',
        allow: '!all,opus,alaw,ulaw',
        // The offer in the browser's own order (opus first) instead of the trunk's.
        outgoing_call_offer_pref: 'local_merge'
      }
    : { ...phone, allow: '!all,alaw,ulaw,g722' }
  return [
    { type: 'auth', id, owner, fields: auth },
    { type: 'aor', id, owner, fields: aor },
    // A phone at a fixed address keeps its auth: without it anybody could call as this operator.
    { type: 'endpoint', id, owner, fields: { ...endpoint, auth: id, aors: id, callerid: id } }
  ]
}
