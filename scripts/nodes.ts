// npm run nodes -- list
// npm run nodes -- add <name> --host 10.0.0.11 --ari 8088 --ami 5038 --sip 10.0.0.11:5060 [--cel /mnt/n1/Master.csv]
// npm run nodes -- drain <name> | use <name> | remove <name>
// The Asterisk nodes beside the installation's own. The running controller and the edge follow at once.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readConfig } from '../config.ts'
import { connect } from '../db/knex.ts'
import { messageOf } from '../host/setup-error.ts'
import { readNodes } from '../pbx/nodes/store.ts'
import pino from 'pino'

const port = z.coerce.number().int().min(1).max(65_535)
const node = z.object({
  name: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, 'small letters and digits, 16 at most'),
  host: z.string().min(1),
  ari: port,
  ami: port,
  sip: z.string().regex(/^[\w.-]+:\d{1,5}$/, 'host:port'),
  cel: z.string().startsWith('/').optional()
})

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      host: { type: 'string' },
      ari: { type: 'string', default: '8088' },
      ami: { type: 'string', default: '5038' },
      sip: { type: 'string' },
      cel: { type: 'string' }
    }
  })
  const [what = 'list', name] = positionals
  const { databaseUrl } = readConfig(process.env)
  if (databaseUrl === undefined) throw new Error('Several nodes need an outside database: set DATABASE_URL')
  const db = connect(databaseUrl, pino({ level: 'silent' }))
  try {
    const change = async (changed: Promise<number>, done: string): Promise<void> => {
      if ((await changed) === 0) throw new Error(`There is no node "${name ?? ''}"`)
      console.log(done)
    }
    const one = db('asterisk_nodes').where({ name: name ?? '' })
    switch (what) {
      case 'list':
        console.table(await readNodes(db))
        break
      case 'add': {
        const { data, error } = node.safeParse({ name, ...values })
        if (!data)
          throw new Error(error.issues.map((one) => `${one.path.join('.')}: ${one.message}`).join('; '))
        await db('asterisk_nodes').insert({
          name: data.name,
          host: data.host,
          ari_port: data.ari,
          ami_port: data.ami,
          sip_address: data.sip,
          cel_file: data.cel ?? null
        })
        console.log(`${data.name} is taken in; the system page tells when calls can come to it`)
        break
      }
      case 'drain':
        await change(one.update({ is_draining: true }), 'No new calls; talks go on')
        break
      case 'use':
        await change(one.update({ is_draining: false }), 'It gets new calls again')
        break
      case 'remove':
        await change(one.delete(), 'It is out; calls that were left on it have ended')
        break
      default:
        throw new Error('list, add, drain, use or remove')
    }
  } finally {
    await db.destroy()
  }
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
