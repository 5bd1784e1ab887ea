import { isIP } from 'node:net'
import path from 'node:path'
import { z } from 'zod'

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback)

const onePort = 'must be a port, or 0 for none'
const addresses = 'must be addresses and networks with commas between, such as 127.0.0.1,10.0.0.0/8'

/** What a process may do; `all` is all of them in one. */
const roleNames = ['api', 'pbx', 'worker', 'asterisk'] as const
export type ProcessRole = (typeof roleNames)[number]
const isRole = (text: string): text is ProcessRole => (roleNames as readonly string[]).includes(text)
const rolesWanted = `must be all, or some of ${roleNames.join(', ')} with commas between`

/** `host:port`, as in SIP. */
const socketAddress = z.string().regex(/^[\w.-]+:\d{1,5}$/, 'must look like 10.0.0.5:5060')

const environment = z.object({
  HTTP_HOST: z.string().min(1).default('0.0.0.0'),
  HTTP_PORT: port(3000),
  HTTP_REDIRECT_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  TLS: z.enum(['off', 'on']).default('off'),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TRUST_PROXY: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every(isNetwork), addresses)
    .optional(),
  DATA_DIR: z.string().min(1).default('.runtime'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  ADMIN_PASSWORD: z.string().min(8).optional(),
  SECRET_KEY: z
    .string()
    .regex(
      /^[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*$/,
      'must be 64 hexadecimal digits, such as openssl rand -hex 32 gives; keys of before after it, with commas'
    )
    .optional(),
  SIP_HOST: z.string().min(1).default('0.0.0.0'),
  SIP_PORT: port(5060),
  SIP_TLS_PORT: z.coerce.number(onePort).int(onePort).min(0, onePort).max(65_535, onePort).optional(),
  RTP_PORTS: z
    .string()
    .regex(/^\d{4,5}-\d{4,5}$/, 'must look like 10000-10999')
    .default('10000-10999'),
  SIP_TRACE: z.enum(['0', '1']).default('1'),
  ARI_PORT: port(8088),
  AMI_PORT: port(5038),
  SIP_EDGE: socketAddress.optional(),
  SIP_EDGE_WEB: socketAddress.default('127.0.0.1:5062'),
  SIP_EDGE_CONTROL: port(5063),
  SIP_EDGE_NODES: z.string().default(''),
  ASTERISK_HOME: z.string().optional(),
  EXTERNAL_ADDRESS: z.string().optional(),
  PUBLIC_URL: z.url().optional(),
  DEMO: z.enum(['0', '1']).optional(),
  DEMO_SIP_PORT: port(5070),
  WEBHOOKS_TO_PRIVATE: z.enum(['0', '1']).default('0'),
  WEBHOOK_PAUSES_SECONDS: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,3})?(,\d{1,6}(\.\d{1,3})?){0,19}$/, 'must look like 5,300,1800')
    .optional(),
  ROLES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part === 'all' || isRole(part)), rolesWanted)
    .refine((parts) => !parts.includes('all') || parts.length === 1, 'all stands alone')
    .default(['all']),
  ASTERISK: z.enum(['own', 'external']).default('own'),
  ARI_HOST: z.string().min(1).default('127.0.0.1'),
  NODE_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'small letters and digits, 16 at most')
    .default('rt'),
  DOOR_HOST: z.string().min(1).default('127.0.0.1'),
  DOOR_PORT: z.coerce.number(onePort).int(onePort).min(0, onePort).max(65_535, onePort).default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')
})

/** Kamailio before the nodes. */
export interface EdgeConfig {
  /** Where carriers, telephones and nodes reach it. */
  readonly host: string
  readonly port: number
  /** Where web servers bring browser telephones. */
  readonly web: { readonly host: string; readonly port: number }
  readonly controlPort: number
  /** SIP addresses of nodes that do not stand in the table, such as the installation's own Asterisk. */
  readonly nodes: readonly string[]
}

export interface Config {
  /** Null: one process does everything. */
  readonly roles: ReadonlySet<ProcessRole> | null
  /** Asterisk is started and kept by this process. */
  readonly keepsAsterisk: boolean
  /** Where Asterisk's interfaces are, and the WebSocket of browsers' telephones. */
  readonly ariHost: string
  /** Of the Asterisk that this process keeps: its calls are named after it. */
  readonly nodeName: string
  /** Where a controller lets other processes in; port 0: any that is free. */
  readonly door: { readonly host: string; readonly port: number }
  readonly http: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string | undefined
    /** A second port that only sends people on to https. */
    readonly redirectPort: number | undefined
    /** Proxies that may say for whom they speak, and how. */
    readonly trustProxy: readonly string[]
  }
  /** `isOn`: the web port speaks https. Files are absolute; null: the certificate is uploaded or made. */
  readonly tls: {
    readonly isOn: boolean
    readonly files: { readonly cert: string; readonly key: string } | null
  }
  /** Absolute. */
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly adminPassword: string | undefined
  /** Hexadecimal, those of before after it; undefined: a key is made in the data folder. */
  readonly secretKey: string | undefined
  readonly sip: {
    readonly host: string
    readonly port: number
    /** Where carriers arrive by TLS; null: nowhere. */
    readonly tlsPort: number | null
    readonly externalAddress: string | undefined
  }
  readonly rtp: { readonly start: number; readonly end: number }
  /** Null: carriers and telephones speak to Asterisk itself. */
  readonly edge: EdgeConfig | null
  /** Asterisk copies every SIP message to us: what the SIP trace shows. */
  readonly sipTrace: boolean
  readonly ariPort: number
  readonly amiPort: number
  /** The demo company is loaded: by default on the embedded database only. */
  readonly demo: boolean
  readonly demoSipPort: number
  /** Webhook receivers may live in private networks and on this machine. */
  readonly webhooksToPrivate: boolean
  /** Pauses before each attempt to deliver a webhook, the first included; undefined for the usual ones, three days in all. */
  readonly webhookPausesMs: readonly number[] | undefined
  readonly logLevel: string
  /** An unpacked root with Asterisk and the media tools, to use as it is. */
  readonly asteriskHome: string | undefined
}

/** A setting that cannot be used; the message names the variable and says what it must look like. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the environment once into a frozen object; the only reader of `process.env` in the product.
 * @throws ConfigError naming each bad variable
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  )
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(`The environment cannot be used. ${lines.join('; ')}`)
  }
  const e = parsed.data
  const [start = 0, end = 0] = e.RTP_PORTS.split('-').map(Number)
  if (end - start < 20 || end > 65_535) {
    throw new ConfigError('RTP_PORTS: needs a rising range of at least 20 ports, such as 10000-10999')
  }
  if ((e.TLS_CERT_FILE === undefined) !== (e.TLS_KEY_FILE === undefined)) {
    const missing = e.TLS_CERT_FILE === undefined ? 'TLS_CERT_FILE' : 'TLS_KEY_FILE'
    throw new ConfigError(`${missing}: certificate and key belong together, name both files or none`)
  }
  if (e.HTTP_REDIRECT_PORT !== undefined && e.TLS !== 'on') {
    throw new ConfigError('HTTP_REDIRECT_PORT: sends people on to https, so it needs TLS=on')
  }
  const roles = e.ROLES.includes('all') ? null : new Set(e.ROLES.filter(isRole))
  const isExternal = e.ASTERISK === 'external'
  if (roles !== null && e.DATABASE_URL === undefined) {
    throw new ConfigError('ROLES: several processes share one database, so DATABASE_URL must name it')
  }
  if (roles !== null && e.DEMO === '1') {
    throw new ConfigError('DEMO: the demo company and its carrier need ROLES=all')
  }
  if (isExternal && (roles === null || roles.has('asterisk'))) {
    throw new ConfigError(
      'ASTERISK: external means that another process keeps it, so ROLES must name some of api, pbx, worker'
    )
  }
  // Beside the usual one, as 5061 is beside 5060.
  const sipTlsPort = e.SIP_TLS_PORT ?? (e.SIP_PORT < 65_535 ? e.SIP_PORT + 1 : 0)
  return Object.freeze({
    roles,
    keepsAsterisk: roles === null || roles.has('asterisk') || (roles.has('pbx') && !isExternal),
    ariHost: e.ARI_HOST,
    nodeName: e.NODE_NAME,
    door: { host: e.DOOR_HOST, port: e.DOOR_PORT },
    http: {
      host: e.HTTP_HOST,
      port: e.HTTP_PORT,
      publicUrl: e.PUBLIC_URL,
      redirectPort: e.HTTP_REDIRECT_PORT,
      trustProxy: e.TRUST_PROXY ?? []
    },
    tls: {
      isOn: e.TLS === 'on',
      files:
        e.TLS_CERT_FILE === undefined || e.TLS_KEY_FILE === undefined
          ? null
          : { cert: path.resolve(e.TLS_CERT_FILE), key: path.resolve(e.TLS_KEY_FILE) }
    },
    dataDir: path.resolve(e.DATA_DIR),
    databaseUrl: e.DATABASE_URL,
    adminPassword: e.ADMIN_PASSWORD,
    secretKey: e.SECRET_KEY,
    sip: {
      host: e.SIP_HOST,
      port: e.SIP_PORT,
      tlsPort: sipTlsPort === 0 ? null : sipTlsPort,
      externalAddress: e.EXTERNAL_ADDRESS
    },
    rtp: { start, end },
    edge: edgeOf(e),
    sipTrace: e.SIP_TRACE === '1',
    ariPort: e.ARI_PORT,
    amiPort: e.AMI_PORT,
    demo: e.DEMO === undefined ? e.DATABASE_URL === undefined : e.DEMO === '1',
    demoSipPort: e.DEMO_SIP_PORT,
    webhooksToPrivate: e.WEBHOOKS_TO_PRIVATE === '1',
    // Said as the pauses between attempts; the first attempt has none before it.
    webhookPausesMs:
      e.WEBHOOK_PAUSES_SECONDS === undefined
        ? undefined
        : [0, ...e.WEBHOOK_PAUSES_SECONDS.split(',').map((seconds) => Number(seconds) * 1000)],
    logLevel: e.LOG_LEVEL,
    asteriskHome: e.ASTERISK_HOME
  })
}

/** An address, a network, or a word for some of them that Express knows. */
function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

function edgeOf(e: z.infer<typeof environment>): EdgeConfig | null {
  if (e.SIP_EDGE === undefined) return null
  const nodes = e.SIP_EDGE_NODES.split(',').filter((one) => one !== '')
  const wrong = nodes.find((one) => !socketAddress.safeParse(one).success)
  if (wrong !== undefined) throw new ConfigError(`SIP_EDGE_NODES: "${wrong}" must look like 10.0.0.5:5060`)
  return { ...addressOf(e.SIP_EDGE), web: addressOf(e.SIP_EDGE_WEB), controlPort: e.SIP_EDGE_CONTROL, nodes }
}

function addressOf(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) }
}
