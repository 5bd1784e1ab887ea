import { expect } from 'chai'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { cloneTemplate } from '../support/database.ts'
import { openCluster, type Cluster } from './cluster.ts'
import { openLoad, type Load } from './load.ts'
import { playLosses } from './losses.ts'
import { canHaveMachines } from './machines.ts'

/**
 * Nodes on machines of their own (networks of their own, on this one), under load. Longer:
 * `ROUNDS=10 RATE=6 npx mocha test/scale/long.ts`, as root.
 */
describe('Nodes and the edge that fail under load', function () {
  const rounds = Number(process.env['ROUNDS'] ?? 1)
  const rate = Number(process.env['RATE'] ?? 2)
  this.timeout(rounds * 180_000)
  let cluster: Cluster | undefined
  let load: Load | undefined
  let database: Awaited<ReturnType<typeof cloneTemplate>> | undefined
  let dir = ''

  before(async function () {
    this.timeout(300_000)
    // Networks of their own need root.
    if (!(await canHaveMachines())) this.skip()
    database = await cloneTemplate()
    cluster = await openCluster({
      base: 16_800,
      net: 18,
      lane: 50,
      databaseUrl: database.url,
      operators: 8 * rate
    })
    dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-losses-'))
    const { edge, carrier, phones, number } = cluster
    load = await openLoad({ dir, edge, carrier, phones, to: number })
  })
  after(async () => {
    await load?.stop()
    await cluster?.close()
    await database?.drop()
    if (dir !== '') await fs.rm(dir, { recursive: true, force: true })
  })

  it('cost exactly the calls of the node that is away, and no telephone registers again', async () => {
    if (!cluster || !load) throw new Error('No cluster')
    for (let round = 1; round <= rounds; round += 1) {
      const report = await playLosses(cluster, load, { rate, talkMs: 4000 })
      if (rounds > 1) console.log(`      ${JSON.stringify(report)}`)
      const { lost, wrong } = report.account
      expect(wrong, cluster.output()).to.deep.equal([])
      expect(lost, 'calls went down with the node, twice').to.be.at.least(2)
    }
  })
})
