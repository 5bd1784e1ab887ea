import type { Trunk, TrunkCreate, TrunkOutgoing } from '../../../api/contract/trunks.ts'

export type NumberHeader = Trunk['numberHeaders'][number]
type Transport = Trunk['transport']

/** What stands in the form. Empty text is nothing. */
export interface TrunkFields {
  name: string
  preset: string | null
  kind: Trunk['kind']
  host: string
  /** Null: the usual port of the transport. */
  port: number | null
  transport: Transport
  mediaEncryption: Trunk['mediaEncryption']
  username: string
  authUsername: string
  secret: string
  fromUser: string
  fromDomain: string
  contactUser: string
  outboundProxy: string
  expirySeconds: number | null
  isChecked: boolean
  matchAddresses: string[]
  codecs: string[]
  country: string
  maxIn: number | null
  maxCalls: number | null
  silentSeconds: number | null
  numberHeaders: NumberHeader[]
  numberStrip: string
  isActive: boolean
  outgoing: TrunkOutgoing
}

const usualPort = (transport: Transport): number => (transport === 'tls' ? 5061 : 5060)

const usualOutgoing: TrunkOutgoing = {
  isUsed: true,
  countries: [],
  prefixes: [],
  maxConcurrent: null,
  callerNumberId: null,
  callerNumberIds: null,
  format: 'e164',
  rewrites: []
}

/** The form of a trunk, or of a new one. */
export function fieldsOf(trunk: Trunk | null): TrunkFields {
  if (trunk === null) {
    return {
      ...{ name: '', preset: null, kind: 'registration', host: '', port: null, transport: 'udp' },
      ...{ mediaEncryption: 'off', username: '', authUsername: '', secret: '', fromUser: '', fromDomain: '' },
      ...{ contactUser: '', outboundProxy: '', expirySeconds: 300, isChecked: true, matchAddresses: [] },
      ...{ codecs: ['alaw', 'ulaw'], country: 'RU', maxIn: null, maxCalls: null, silentSeconds: 6 },
      ...{ numberHeaders: ['ruri', 'to'], numberStrip: '', isActive: true, outgoing: usualOutgoing }
    }
  }
  return {
    ...trunk,
    port: trunk.port === usualPort(trunk.transport) ? null : trunk.port,
    username: trunk.username ?? '',
    authUsername: trunk.authUsername ?? '',
    secret: '',
    fromUser: trunk.fromUser ?? '',
    fromDomain: trunk.fromDomain ?? '',
    contactUser: trunk.contactUser ?? '',
    outboundProxy: trunk.outboundProxy ?? ''
  }
}

/** What is sent. An empty password leaves the one that is there. */
export function bodyOf(fields: TrunkFields): TrunkCreate {
  const text = (value: string): string | null => value.trim() || null
  const registers = fields.kind === 'registration'
  return {
    name: fields.name.trim(),
    preset: fields.preset,
    kind: fields.kind,
    host: fields.host.trim(),
    port: fields.port ?? usualPort(fields.transport),
    transport: fields.transport,
    mediaEncryption: fields.mediaEncryption,
    username: text(fields.username),
    authUsername: text(fields.authUsername),
    ...(fields.secret === '' ? {} : { secret: fields.secret }),
    fromUser: text(fields.fromUser),
    fromDomain: text(fields.fromDomain),
    contactUser: registers ? text(fields.contactUser) : null,
    outboundProxy: text(fields.outboundProxy),
    expirySeconds: fields.expirySeconds ?? 300,
    isChecked: fields.isChecked,
    matchAddresses: fields.matchAddresses,
    codecs: fields.codecs as NonNullable<TrunkCreate['codecs']>,
    country: fields.country.trim().toUpperCase(),
    maxIn: fields.maxIn,
    maxCalls: fields.maxCalls,
    silentSeconds: fields.silentSeconds ?? 6,
    numberHeaders: fields.numberHeaders,
    numberStrip: fields.numberStrip.trim(),
    isActive: fields.isActive,
    outgoing: fields.outgoing
  }
}

/** Whether a path is one of the form's: a trunk has a state and dates as well. */
export const isOfForm = (path: string): boolean => (path.split('.')[0] ?? '') in bodyOf(fieldsOf(null))

/** Sections of the form, in their order. */
export const sections = ['connection', 'calls', 'outgoing', 'called', 'security'] as const
export type Section = (typeof sections)[number]

const sectionOf: Readonly<Record<string, Section>> = {
  ...{ isChecked: 'calls', maxIn: 'calls', maxCalls: 'calls', silentSeconds: 'calls', codecs: 'calls' },
  ...{ outgoing: 'outgoing', numberHeaders: 'called', numberStrip: 'called', country: 'called' },
  ...{ mediaEncryption: 'security', matchAddresses: 'security' }
}

/** In which section a field stands, by the path of what is wrong with it: `outgoing.rewrites.0.prefix`. */
export const sectionWith = (path: string): Section => {
  if (path === 'outgoing.maxConcurrent') return 'calls'
  return sectionOf[path.split('.')[0] ?? ''] ?? 'connection'
}

export type Fault = 'required' | 'host' | 'proxy' | 'user' | 'address' | 'prefix' | 'digits' | 'country'
export type Faults = Readonly<Record<string, Fault>>

const patterns = {
  host: /^[A-Za-z0-9.-]{1,253}$/,
  proxy: /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/,
  user: /^[\w.+@-]{1,100}$/,
  address: /^[0-9a-fA-F.:]+(\/\d{1,3})?$/,
  prefix: /^\+[1-9]\d{0,13}$/,
  digits: /^[+*#0-9]{0,20}$/,
  country: /^[A-Z]{2}$/
} as const

/** What is wrong with the fields, by their path; the server asks the same again. */
export function faultsOf(fields: TrunkFields): Faults {
  const faults: Record<string, Fault> = {}
  const check = (path: string, value: string, kind: keyof typeof patterns, isRequired = false): void => {
    const text = value.trim()
    if (text === '') {
      if (isRequired) faults[path] = 'required'
    } else if (!patterns[kind].test(text)) faults[path] = kind
  }
  if (fields.name.trim() === '') faults['name'] = 'required'
  check('host', fields.host, 'host', true)
  check('username', fields.username, 'user', fields.kind === 'registration')
  check('authUsername', fields.authUsername, 'user')
  check('fromUser', fields.fromUser, 'user')
  check('fromDomain', fields.fromDomain, 'host')
  check('contactUser', fields.contactUser, 'user')
  check('outboundProxy', fields.outboundProxy, 'proxy')
  check('country', fields.country.toUpperCase(), 'country', true)
  check('numberStrip', fields.numberStrip, 'digits')
  if (fields.codecs.length === 0) faults['codecs'] = 'required'
  if (fields.numberHeaders.length === 0) faults['numberHeaders'] = 'required'
  if (fields.matchAddresses.some((one) => !patterns.address.test(one))) faults['matchAddresses'] = 'address'
  const { prefixes, countries, rewrites } = fields.outgoing
  if (prefixes.some((one) => !patterns.prefix.test(one))) faults['outgoing.prefixes'] = 'prefix'
  if (countries.some((one) => !patterns.country.test(one))) faults['outgoing.countries'] = 'country'
  rewrites.forEach(({ prefix, prepend }, index) => {
    check(`outgoing.rewrites.${index}.prefix`, prefix, 'prefix', true)
    check(`outgoing.rewrites.${index}.prepend`, prepend, 'digits')
  })
  return faults
}

/** A number as the trunk would be given it, for the example beside the rules; as the dialling policy writes it. */
export function exampleOf({ rewrites, format }: TrunkOutgoing, e164: string): string {
  const own = rewrites.find(({ prefix }) => prefix !== '' && e164.startsWith(prefix))
  if (own) return own.prepend + e164.slice(1 + own.strip)
  if (format === 'e164') return e164
  return format === 'digits' ? e164.slice(1) : e164.replace(/^\+7/, '8')
}
