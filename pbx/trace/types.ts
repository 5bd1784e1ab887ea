/** One SIP message as it is kept: its secrets are gone. */
export interface SipCopy {
  atMs: number
  /** `in`: it came to us. */
  direction: 'in' | 'out'
  /** In lower case, as the newest Via says: `udp`, `tcp`, `tls`, `ws`, `wss`. */
  transport: string
  /** `address:port` of ours, and of the other side. */
  local: string
  remote: string
  /** The SIP Call-ID: one dialog, or one registration. */
  dialog: string
  /** Of the CSeq: responses carry the one of their request. */
  method: string
  /** Null for a request. */
  status: number | null
  reason: string | null
  text: string
}

/** Messages of one Call-ID, in the order in which they came, with what we know of whose they are. */
export interface Dialog {
  readonly id: string
  readonly kind: 'register' | 'options' | 'call'
  readonly messages: readonly SipCopy[]
  /** What the first request says. */
  readonly first: { direction: 'in' | 'out'; user: string; host: string; target: string }
  /** Name of the endpoint in Asterisk (`trunk-…`, `op-…`); null while no channel of ours is known. */
  readonly endpoint: string | null
  /** The call of ours that it is a leg of. */
  readonly callId: string | null
  /** More came than are kept. */
  readonly isCut: boolean
}

/** A trunk as the trace must know it. */
export interface TraceTrunk {
  id: string
  endpoint: string
  name: string
  kind: 'address' | 'registration'
  host: string
  port: number
  username: string | null
  isActive: boolean
}
