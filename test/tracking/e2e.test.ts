import { expect } from 'chai'
import type { JournalCall } from '../../api/contract/calls.ts'
import { kinds, lent, World, type Visitor } from './e2e-world.ts'

/** The formula of docs/tracking.md, written down a second time. */
const strangerWeight = 0.01
const weightOf = (awaySeconds: number): number => (awaySeconds <= 45 ? 1 : Math.exp(-awaySeconds / 180))

/**
 * From the click on an ad to the row in the journal, with everything real between: Chromium on four kinds of sites,
 * the snippet, the leases, calls through the trunk to the very numbers that the pages show.
 */
describe('Calls to numbers that pages show', function () {
  this.timeout(120_000)
  let world: World
  /** Everybody who got a number of their own, in order, with the number they phone from. */
  const visitors: (Visitor & { phone: string })[] = []
  before(async () => {
    world = await World.open(24_400, 60)
  })
  after(() => world?.close())

  /** The journal names this visit, with all that belongs to it. */
  function expectVisit(call: JournalCall, { visitId, visitorId, campaign, keyword, kind }: Visitor): void {
    expect(call, JSON.stringify(call.visit)).to.deep.include({
      campaign,
      keyword,
      medium: 'cpc',
      inquiryChannel: 'paid',
      siteId: world.shops[kind].siteId,
      callType: 'tracking_dynamic'
    })
    expect(call.source?.name).to.equal('yandex')
    expect(call.visit).to.deep.include({ visitId, visitorId, poolId: world.shops[kind].poolId })
  }

  for (const round of Array.from({ length: lent }, (_, i) => i + 1)) {
    it(`tell the visit, campaign and keyword, on four sites at once (round ${round})`, async () => {
      const come = await Promise.all(kinds.map((kind) => world.visit(kind, `${kind}-${round}`)))
      const people = come.map((visitor) => ({ ...visitor, phone: world.phone() }))
      const calls = await Promise.all(people.map(({ number, phone }) => world.call(number, phone)))
      for (const [i, visitor] of people.entries()) {
        const call = calls[i]
        if (!call) throw new Error('no call')
        expectVisit(call, visitor)
        expect(call.outcome).to.equal('answered')
        expect(call.visit?.rule).to.equal('holder')
        expect(call.visit?.confidence).to.be.closeTo(1 / (1 + strangerWeight), 0.001)
      }
      visitors.push(...people)
      expect(new Set(visitors.map(({ number }) => number)).size, 'nobody shares a number').to.equal(
        visitors.length
      )
    })
  }

  it('tell the newest campaign of somebody who came by two, and share the call between both by each model', async () => {
    const spa = visitors.find(({ kind }) => kind === 'spa')
    if (!spa) throw new Error('nobody was there')
    const back = await world.again(spa, 'spa-again')
    expect(back).to.include({ visitorId: spa.visitorId, number: spa.number })
    expect(back.visitId).to.not.equal(spa.visitId)
    const call = await world.call(back.number, spa.phone)
    expectVisit(call, back)

    const credits = await world.creditsOf(call.id)
    expect(credits.map(({ campaign }) => campaign)).to.deep.equal([spa.campaign, back.campaign])
    const shares = (model: string): unknown[] => credits.map((credit) => credit[model])
    expect(shares('first')).to.deep.equal([1_000_000, 0])
    expect(shares('last')).to.deep.equal([0, 1_000_000])
    expect(shares('last_non_direct')).to.deep.equal([0, 1_000_000])
    expect(shares('linear')).to.deep.equal([500_000, 500_000])
    expect(shares('position')).to.deep.equal([500_000, 500_000])
    const [older, newer] = shares('time_decay').map(Number)
    expect((older ?? 0) + (newer ?? 0)).to.equal(1_000_000)
    expect(newer).to.be.within(500_000, 501_000)
    // What the journal lists behind a figure follows the model too.
    expect(await world.journalOf('first', spa.campaign)).to.include(call.id)
    expect(await world.journalOf('last', spa.campaign)).to.not.include(call.id)
    expect(await world.journalOf('last', back.campaign)).to.deep.equal([call.id])
  })

  it('claim no more than is so when numbers are too few', async () => {
    const [first, second] = visitors.filter(({ kind }) => kind === 'plain')
    if (!first || !second) throw new Error('nobody was there')
    const claims: { confidence: number; isRight: boolean }[] = []
    const note = ({ visit }: JournalCall, truth: Visitor): void => {
      if (visit?.visitId)
        claims.push({ confidence: visit.confidence ?? 0, isRight: visit.visitId === truth.visitId })
    }

    // Every number is held: the overflow number is shown, and stands for nobody.
    const late = await world.visit('plain', 'too-late')
    expect(late.number).to.equal(world.shops.plain.overflow)
    const overflown = await world.call(late.number, world.phone())
    expect(overflown.visit).to.deep.include({
      visitId: null,
      visitorId: null,
      rule: 'pool',
      poolId: world.shops.plain.poolId
    })
    expect(overflown.campaign).to.not.equal('too-late')
    expect(overflown.siteId).to.equal(world.shops.plain.siteId)
    expect(overflown.visit?.confidence ?? 0).to.equal(0)

    // Somebody who has left phones when the lease is over, before anybody else has the number.
    await world.leave(first)
    await world.isFree(first.number)
    const afterwards = await world.call(first.number, world.phone())
    expectVisit(afterwards, first)
    expect(afterwards.visit?.rule).to.equal('lastHolder')
    await expectHonest(afterwards)
    note(afterwards, first)

    // The number goes on to somebody else. Both phone it, from telephones that nobody knows: a coin's toss, and said so.
    const next = await world.visit('plain', 'next')
    expect(next.number).to.equal(first.number)
    for (const truth of [next, first]) {
      const call = await world.call(first.number, world.phone())
      expectVisit(call, next)
      await expectHonest(call)
      const shares = new Map(call.visit?.candidates.map(({ visitId, share }) => [visitId, share]))
      expect(shares.get(first.visitId), 'the one before is named too').to.be.above(0.2)
      note(call, truth)
    }

    // Whoever phoned while the page was open phones again: known by the telephone.
    const redial = await world.call(first.number, first.phone)
    expectVisit(redial, first)
    expect(redial.visit?.rule).to.equal('redial')
    note(redial, first)
    // Whoever still looks at the page is not touched by all this.
    const steady = await world.call(second.number, world.phone())
    expectVisit(steady, second)
    note(steady, second)

    const share = claims.filter(({ isRight }) => isRight).length / claims.length
    const mean = claims.reduce((sum, { confidence }) => sum + confidence, 0) / claims.length
    expect(claims.map(({ isRight }) => isRight)).to.deep.equal([true, true, false, true, true])
    expect(mean, `mean confidence, and ${share} are right`).to.be.closeTo(share, 0.1)
  })

  /** The confidence is what the formula gives for the visits that the database saw. */
  async function expectHonest({ visit, startedAt, dialedNumber }: JournalCall): Promise<void> {
    const { db } = world.database
    const rows = await db('number_leases as l')
      .join('numbers as n', 'n.id', 'l.number_id')
      .where('n.e164', dialedNumber)
      .where('l.from_at', '<=', startedAt)
      .select<{ visit_id: string; seen_at: Date }[]>('l.visit_id', 'l.seen_at')
    const weights = new Map(
      rows.map(({ visit_id, seen_at }) => [
        visit_id,
        weightOf((Date.parse(startedAt) - seen_at.getTime()) / 1000)
      ])
    )
    const sum = [...weights.values()].reduce((total, weight) => total + weight, strangerWeight)
    expect(visit?.confidence).to.be.closeTo((weights.get(visit?.visitId ?? '') ?? 0) / sum, 0.03)
  }
})
