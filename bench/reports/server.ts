import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createApp } from '../../api/app.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { connect } from '../../db/knex.ts'
import { createTracking } from '../../tracking/store/tracking.ts'

/**
 * The product's HTTP side on the database that DATABASE_URL names, in a process of its own; prints its port. There is no
 * Asterisk and no background work: what is asked for is all that it does.
 */
const databaseUrl = process.env['DATABASE_URL'] ?? ''
const log = pino({ level: 'warn' }, pino.destination(2))
const db = connect(databaseUrl, log, 10)
const tracking = createTracking({ db, databaseUrl, log })
await tracking.start()
const deps = {
  ...{ db, log, tracking, demo: null, metrics: new Registry(), uiDir: null, version: 'bench' },
  publicUrl: undefined,
  // Whoever signs in is shown with their telephones: there are none.
  pbx: { operators: () => [], devicesOf: () => [] }
} as unknown as ApiDeps
const server = createServer(createApp(deps))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
// The parent holds the other end: whatever ends it, this ends too.
process.stdin.resume().on('end', () => process.exit(0))
