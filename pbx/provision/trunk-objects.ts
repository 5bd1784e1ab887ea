import type { ObjectType, PjsipObject } from './objects.ts'

/** A carrier: the columns of `trunks` that matter here. What may be absent is then as usual. */
export interface TrunkLink {
  id: string
  /** `trunk-…`: what it is called in Asterisk. Nobody outside learns it; see migration 0007. */
  endpoint: string
  name: string
  kind: 'address' | 'registration'
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
  mediaEncryption?: 'off' | 'optional' | 'required'
  username: string | null
  /** Each of these stands for the user name, the host, or nothing where it is null. */
  authUsername?: string | null
  secret: string | null
  fromUser?: string | null
  fromDomain?: string | null
  contactUser?: string | null
  /** `host` or `host:port`. */
  outboundProxy?: string | null
  expirySeconds?: number
  /** Asked by OPTIONS whether it answers. */
  isChecked?: boolean
  matchAddresses: readonly string[]
  codecs: readonly string[]
  /** Where the number called stands. */
  numberHeaders?: readonly string[]
}

/** Asterisk's transport for SIP over TLS; it is there only where the installation has a certificate. */
export const tlsTransport = 'transport-tls'

/** Behind the codecs a trunk prefers: what we can speak all the same, and what we only know by name (see the dialplan). */
const others = ['alaw', 'ulaw', 'g722', 'opus', 'gsm', 'g729', 'g723', 'ilbc', 'speex']

/** Everything that Asterisk must know of one trunk. Pure. */
export function trunkObjects(trunk: TrunkLink): PjsipObject[] {
  const id = trunk.endpoint
  const owner = `Trunk "${trunk.name}"`
  const uri = `sip:${trunk.host}:${trunk.port}${parameterOf(trunk)}`
  const { username, secret } = trunk
  const hasAuth = username !== null && secret !== null
  const registers = trunk.kind === 'registration' && username !== null
  const transport = `transport-${trunk.transport}`
  const proxy: Record<string, string> = trunk.outboundProxy
    ? { outbound_proxy: `sip:${trunk.outboundProxy}${parameterOf(trunk)};lr` }
    : {}
  const fromUser = trunk.fromUser ?? (registers ? username : null)
  const fromDomain = trunk.fromDomain ?? (registers ? trunk.host : null)
  const readsHeaders = trunk.numberHeaders?.some((name) => name !== 'ruri') ?? false
  const objects: PjsipObject[] = []
  const add = (type: ObjectType, fields: Record<string, string>): void => {
    objects.push({ type, id, owner, fields })
  }

  if (hasAuth)
    add('auth', { auth_type: 'digest', username: trunk.authUsername ?? username, password: secret })
  add('aor', {
    contact: uri,
    max_contacts: '1',
    // Off where it is not wished: carriers that leave OPTIONS unanswered would look dead.
    ...(trunk.isChecked === true
      ? { qualify_frequency: '30', qualify_timeout: '3.0', ...proxy }
      : { qualify_frequency: '0' })
  })
  add('endpoint', {
    // Reading headers takes time: only where the number called may stand in one.
    context: readsHeaders ? 'from-trunk-headers' : 'from-trunk',
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
    ...proxy,
    ...encryption[trunk.mediaEncryption ?? 'off'],
    ...(hasAuth ? { outbound_auth: id } : {}),
    ...(fromUser === null ? {} : { from_user: fromUser }),
    ...(fromDomain === null ? {} : { from_domain: fromDomain })
  })
  const match = trunk.matchAddresses.length > 0 ? trunk.matchAddresses : [trunk.host]
  add('identify', { endpoint: id, match: match.join(','), srv_lookups: 'no' })
  if (registers) {
    add('registration', {
      server_uri: uri,
      client_uri: `sip:${username}@${trunk.fromDomain ?? trunk.host}`,
      contact_user: trunk.contactUser ?? username,
      transport,
      ...proxy,
      ...(hasAuth ? { outbound_auth: id } : {}),
      // Calls carry a secret mark of this registration, so they are known from whichever address they come.
      line: 'yes',
      endpoint: id,
      expiration: String(trunk.expirySeconds ?? 300),
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

const encryption: Readonly<Record<NonNullable<TrunkLink['mediaEncryption']>, Record<string, string>>> = {
  off: {},
  // A carrier that offers none is spoken to in clear.
  optional: { media_encryption: 'sdes', media_encryption_optimistic: 'yes' },
  required: { media_encryption: 'sdes' }
}

const parameterOf = ({ transport }: TrunkLink): string =>
  transport === 'udp' ? '' : `;transport=${transport}`
