// One PostgreSQL for all areas of a run, in the folder that is named: `npm test` runs it before the first test, reads
// where the server is, and ends the server after the last.
import process from 'node:process'
import { pino } from 'pino'
import { startServer } from '../../test/support/database-server.ts'

const [dir] = process.argv.slice(2)
if (dir === undefined) throw new Error('Name a folder for the database')
const { url } = await startServer(dir, pino({ level: 'silent' }))
process.stdout.write(`${url}\n`)
