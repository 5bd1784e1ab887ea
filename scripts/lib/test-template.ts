// Makes the PostgreSQL that the servers of a test run are copies of: `npm test` runs it with the folder as argument.
import process from 'node:process'
import { makePostgresTemplate } from '../../test/support/postgres-template.ts'

const dir = process.argv[2]
if (dir === undefined) throw new Error('Name the folder')
await makePostgresTemplate(dir)
