import { isIP } from 'node:net'
import path from 'node:path'
import { z } from 'zod'

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback)

const onePort = 'must be a port, or 0 for none'
const addresses = 'must be addresses and networks with commas between, such as 127.0.0.1,10.0.0.0/8'

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
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits, such as openssl rand -hex 32 gives')
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
  // Split roles are a later step of the design: asking for one must not quietly start everything.
  ROLES: z.literal('all', 'only "all" is there yet: one process does everything').default('all'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')
})

export interface Config {
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
  /** Hexadecimal; undefined: a key is made in the data folder. */
  readonly secretKey: string | undefined
  readonly sip: {
    readonly host: string
    readonly port: number
    /** Where carriers arrive by TLS; null: nowhere. */
    readonly tlsPort: number | null
    readonly externalAddress: string | undefined
  }
  readonly rtp: { readonly start: number; readonly end: number }
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
  // Beside the usual one, as 5061 is beside 5060.
  const sipTlsPort = e.SIP_TLS_PORT ?? (e.SIP_PORT < 65_535 ? e.SIP_PORT + 1 : 0)
  return Object.freeze({
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
