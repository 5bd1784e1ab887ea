import { createHash } from 'node:crypto'

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

/** A carrier: the columns of `trunks` that matter here. */
export interface TrunkLink {
  id: string
  /** `trunk-…`: what it is called in Asterisk. Nobody outside learns it; see migration 0007. */
  endpoint: string
  name: string
  kind: 'address' | 'registration'
  host: string
  port: number
  transport: 'udp' | 'tcp'
  username: string | null
  secret: string | null
  matchAddresses: readonly string[]
  codecs: readonly string[]
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

/** Behind the codecs a trunk prefers: what we can speak all the same, and what we only know by name (see the dialplan). */
const others = ['alaw', 'ulaw', 'g722', 'opus', 'gsm', 'g729', 'g723', 'ilbc', 'speex']

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

function trunkObjects(trunk: TrunkLink): PjsipObject[] {
  const id = trunk.endpoint
  const owner = `Trunk "${trunk.name}"`
  const uriTransport = trunk.transport === 'tcp' ? ';transport=tcp' : ''
  const uri = `sip:${trunk.host}:${trunk.port}${uriTransport}`
  const hasAuth = trunk.username !== null && trunk.secret !== null
  const registers = trunk.kind === 'registration' && trunk.username !== null
  const transport = `transport-${trunk.transport}`
  const objects: PjsipObject[] = []
  const add = (type: ObjectType, fields: Record<string, string>): void => {
    objects.push({ type, id, owner, fields })
  }

  if (hasAuth) {
    add('auth', { auth_type: 'digest', username: trunk.username ?? '', password: trunk.secret ?? '' })
  }
  // Not qualified: carriers that leave OPTIONS unanswered would look dead and could not be called.
  add('aor', { contact: uri, max_contacts: '1', qualify_frequency: '0' })
  add('endpoint', {
    context: 'from-trunk',
    transport,
    aors: id,
    // The astdb turns "no caller id" into the number "unknown", which would stand instead of the caller's own number;
    // a name without a number keeps it away.
    callerid: id,
    allow: ['!all', ...trunk.codecs, ...others.filter((codec) => !trunk.codecs.includes(codec))].join(','),
    // One codec is agreed, the trunk's most wanted: with several, a carrier may switch in mid-talk to one we only know by name.
    incoming_call_offer_pref: 'local_first',
    identify_by: 'ip',
    direct_media: 'no',
    rtp_symmetric: 'yes',
    rewrite_contact: 'yes',
    force_rport: 'yes',
    rtp_timeout: '60',
    rtp_timeout_hold: '600',
    // A transfer asked for by a carrier is a call at our cost.
    allow_transfer: 'no',
    allow_subscribe: 'no',
    send_connected_line: 'no',
    trust_id_inbound: 'yes',
    send_pai: 'yes',
    ...(hasAuth ? { outbound_auth: id } : {}),
    ...(registers ? { from_user: trunk.username ?? '', from_domain: trunk.host } : {})
  })
  const match = trunk.matchAddresses.length > 0 ? trunk.matchAddresses : [trunk.host]
  add('identify', { endpoint: id, match: match.join(','), srv_lookups: 'no' })
  if (registers) {
    add('registration', {
      server_uri: uri,
      client_uri: `sip:${trunk.username ?? ''}@${trunk.host}`,
      contact_user: trunk.username ?? '',
      transport,
      ...(hasAuth ? { outbound_auth: id } : {}),
      // Calls carry a secret mark of this registration, so they are known from whichever address they come.
      line: 'yes',
      endpoint: id,
      expiration: '300',
      max_random_initial_delay: '0',
      retry_interval: '20',
      forbidden_retry_interval: '60',
      // The default gives up after ten tries, that is for ever.
      max_retries: '1000000',
      auth_rejection_permanent: 'no'
    })
  }
  return objects
}
