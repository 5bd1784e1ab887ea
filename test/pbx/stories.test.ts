import { expect } from 'chai'
import type { Scheme } from '../../ivr/scheme.ts'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import { until } from '../support/until.ts'
import { rowsOf } from './chaos.ts'
import { openOffice, type Office } from './office.ts'
import { playStory } from './story.ts'

/** How many stories, and from which seed: `npm run soak` plays many, of a seed that it prints. */
const stories = Number(process.env['STORIES'] ?? 4)
const isSoak = process.env['STORIES'] !== undefined
const seed = Number(process.env['SEED'] ?? (isSoak ? Date.now() % 1_000_000_000 : 20_261_122))
const to = '+74951480001'

/** Mulberry32: small, and the same everywhere. */
function randomOf(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('Random calls of real telephones', function () {
  this.timeout(180_000)
  let office: Office

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(21_200, 50)
    const scheme: Scheme = {
      locale: 'ru',
      start: 'ring',
      blocks: {
        ring: {
          type: 'ring',
          settings: { groupId: office.company.groupId, strategy: 'inOrder', ringSeconds: 60, rounds: 1 },
          exits: { talked: null, noAnswer: null }
        }
      }
    }
    await office.company.number(to, scheme)
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return
    console.log(await office.company.account())
    await office.clear()
  })

  for (let index = 0; index < stories; index += 1) {
    it(`number ${index + 1} of seed ${seed}: everybody hears whom they should, and nothing remains`, async () => {
      const random = randomOf(seed + index)
      const told = await playStory({ office, to, random, steps: 10, withRestart: index % 2 === 1 })
      if (isSoak) console.log(`      ${told.join(' → ')}`)
      expect(told.length).to.be.greaterThan(1)
    })
  }

  it('every answered leg of theirs has a recording as long as it should be', async () => {
    for (const { id } of await rowsOf(office.instance, to)) {
      const legs = await until(
        async () => {
          const call = await office.instance.api<JournalCallWithLegs>('GET', `/api/calls/${id}`)
          const recorded = call.legs.filter((leg) => leg.recordingId !== null)
          return recorded.every((leg) => leg.recordingState === 'ready') ? recorded : null
        },
        { timeoutMs: 60_000, everyMs: 250, what: `the recordings of ${id} are ready` }
      )
      for (const leg of legs)
        expect(
          leg.recordingError ?? null,
          `${id} ${leg.leg}\n${JSON.stringify(await office.company.tape(id))}`
        ).to.equal(null)
    }
  })
})
