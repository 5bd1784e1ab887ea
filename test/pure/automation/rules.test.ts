import { expect } from 'chai'
import { check } from '../../../crm/automation/core/conditions.ts'
import { maxChain, pauseAfter, stoppedBy } from '../../../crm/automation/core/guard.ts'
import { isWithin, quietUntil } from '../../../crm/automation/core/hours.ts'
import { plan, stepsOf } from '../../../crm/automation/core/plan.ts'
import { eventOf, fires, type Condition, type Facts } from '../../../crm/automation/core/rule.ts'
import { fill, strangeVariables, variables } from '../../../crm/automation/core/template.ts'
import { isStopWord } from '../../../crm/automation/refusals.ts'
import { mailHtml, masked } from '../../../crm/automation/words.ts'
import { actionKinds, textVariables, triggers } from '../../../api/contract/automation-words.ts'

const facts: Facts = {
  subject: 'deal',
  subjectId: 'd1',
  atMs: Date.parse('2026-11-20T20:30:00Z'),
  contactId: 'c1',
  client: 'Anna {{phone}}',
  phone: '+74951234567',
  email: 'anna@example.com',
  isNewClient: false,
  ownerId: null,
  marketing: 'unknown',
  tags: ['VIP', 'Окна'],
  source: 'Google',
  inquiryChannel: 'paid',
  campaign: null,
  inquiryId: null,
  dealId: 'd1',
  deal: 'Windows',
  amount: 1234.5,
  currency: 'RUB',
  stageId: 's1',
  stageKind: 'open',
  stage: 'New',
  responsibleId: 'u1',
  responsible: 'Boris',
  callId: null,
  direction: 'in',
  outcome: 'missed',
  rating: 2,
  operator: null,
  text: null,
  isSpam: false
}
const moscow = 'Europe/Moscow'
const manner = { onlyWithConsent: true, refuseUrl: 'https://x/u/t', refuseWords: 'Отписаться' }

describe('rules of automation', () => {
  it('have the same words in the contract as in the core', () => {
    expect(Object.keys(eventOf).toSorted()).to.deep.equal([...triggers].toSorted())
    expect([...variables]).to.deep.equal([...textVariables])
    expect([...actionKinds]).to.include('mailStaff')
  })

  describe('triggers', () => {
    it('tell a missed call from others', () => {
      const isMissed = (change: Partial<Facts>): boolean =>
        fires({ trigger: 'missedCall', settings: {} }, { ...facts, ...change }, {})
      expect(isMissed({})).to.equal(true)
      expect(isMissed({ outcome: 'voicemail' })).to.equal(true)
      expect(isMissed({ outcome: 'answered' })).to.equal(false)
      expect(isMissed({ direction: 'out' })).to.equal(false)
      expect(isMissed({ isSpam: true })).to.equal(false)
    })
    it('look at outcome, direction, rating and stage', () => {
      const ended = {
        trigger: 'callEnded' as const,
        settings: { direction: 'out' as const, outcomes: ['busy'] }
      }
      expect(fires(ended, { ...facts, direction: 'out', outcome: 'busy' }, {})).to.equal(true)
      expect(fires(ended, { ...facts, outcome: 'busy' }, {})).to.equal(false)
      expect(fires(ended, { ...facts, direction: 'out' }, {})).to.equal(false)
      const rated = { trigger: 'callRated' as const, settings: { rating: 2 } }
      expect(fires(rated, facts, {})).to.equal(true)
      expect(fires(rated, { ...facts, rating: 3 }, {})).to.equal(false)
      expect(fires(rated, { ...facts, rating: null }, {})).to.equal(false)
      const stage = { trigger: 'dealStage' as const, settings: { stageIds: ['s2'] } }
      // The stage that was entered counts, wherever the deal has gone since.
      expect(fires(stage, facts, { stageId: 's2' })).to.equal(true)
      expect(fires(stage, facts, { stageId: 's1' })).to.equal(false)
      expect(fires({ trigger: 'dealLost', settings: {} }, facts, { stageKind: 'lost' })).to.equal(true)
    })
  })

  describe('conditions', () => {
    const around = { companyZone: moscow, openSchedules: new Map([['h1', true]]) }
    const holds = (condition: Condition, change: Partial<Facts> = {}): boolean =>
      check([{ match: 'all', conditions: [condition] }], { ...facts, ...change }, around).holds

    it('compare words whatever their letters', () => {
      expect(holds({ kind: 'source', is: true, values: ['google', 'Yandex'] })).to.equal(true)
      expect(holds({ kind: 'source', is: false, values: ['google'] })).to.equal(false)
      expect(holds({ kind: 'campaign', is: true, values: ['x'] })).to.equal(false)
      expect(holds({ kind: 'campaign', is: false, values: ['x'] })).to.equal(true)
      expect(holds({ kind: 'tag', is: true, values: ['окна'] })).to.equal(true)
      expect(holds({ kind: 'tag', is: false, values: ['vip'] })).to.equal(false)
    })
    it('compare sums, people, stages, clients, schedules', () => {
      expect(holds({ kind: 'amount', min: 1000, max: null })).to.equal(true)
      expect(holds({ kind: 'amount', min: null, max: 1000 })).to.equal(false)
      expect(holds({ kind: 'amount', min: null, max: 1000 }, { amount: null })).to.equal(false)
      expect(holds({ kind: 'responsible', is: true, values: ['u1'] })).to.equal(true)
      expect(holds({ kind: 'stage', is: false, values: ['s1'] })).to.equal(false)
      expect(holds({ kind: 'client', is: 'known' })).to.equal(true)
      expect(holds({ kind: 'schedule', is: true, scheduleId: 'h1' })).to.equal(true)
      // One that is gone is neither open nor closed.
      expect(holds({ kind: 'schedule', is: true, scheduleId: 'h2' })).to.equal(false)
      expect(holds({ kind: 'schedule', is: false, scheduleId: 'h2' })).to.equal(false)
    })
    it('stand in groups: every group, and in it all or any', () => {
      const [yes, no]: Condition[] = [
        { kind: 'client', is: 'known' },
        { kind: 'client', is: 'new' }
      ]
      const of = (...groups: ['all' | 'any', (Condition | undefined)[]][]): boolean =>
        check(
          groups.map(([match, conditions]) => ({
            match,
            conditions: conditions.filter((one) => one !== undefined)
          })),
          facts,
          around
        ).holds
      expect(of()).to.equal(true)
      expect(of(['any', []])).to.equal(true)
      expect(of(['any', [yes, no]])).to.equal(true)
      expect(of(['all', [yes, no]])).to.equal(false)
      expect(of(['any', [yes, no]], ['all', [no]])).to.equal(false)
    })
  })

  describe('hours', () => {
    const at = (text: string): number => Date.parse(text)
    it('go over midnight, and belong to the day on which they began', () => {
      const night = { from: '21:00', to: '09:00' }
      expect(isWithin(at('2026-11-20T18:00:00Z'), moscow, night)).to.equal(true)
      expect(isWithin(at('2026-11-20T05:59:00Z'), moscow, night)).to.equal(true)
      expect(isWithin(at('2026-11-20T06:00:00Z'), moscow, night)).to.equal(false)
      const friday = { ...night, days: [5] }
      // The twentieth is a Friday.
      expect(isWithin(at('2026-11-20T20:00:00Z'), moscow, friday)).to.equal(true)
      expect(isWithin(at('2026-11-21T04:00:00Z'), moscow, friday)).to.equal(true)
      expect(isWithin(at('2026-11-20T04:00:00Z'), moscow, friday)).to.equal(false)
    })
    it('end when the clock there says so, also on the night on which it changes', () => {
      const quiet = { from: '21:00', to: '09:00' }
      expect(quietUntil(at('2026-11-20T12:00:00Z'), moscow, quiet)).to.equal(null)
      expect(quietUntil(at('2026-11-20T20:30:15Z'), moscow, quiet)).to.equal(at('2026-11-21T06:00:00Z'))
      expect(quietUntil(at('2026-11-20T12:00:00Z'), 'Asia/Vladivostok', quiet)).to.equal(
        at('2026-11-20T23:00:00Z')
      )
      expect(quietUntil(at('2026-03-28T21:00:00Z'), 'Europe/Berlin', quiet)).to.equal(
        at('2026-03-29T07:00:00Z')
      )
      expect(quietUntil(at('2026-11-20T20:30:00Z'), moscow, null)).to.equal(null)
    })
  })

  describe('texts', () => {
    it('are filled in once: a value is never read for variables', () => {
      expect(fill('{{client}}: {{ amount }}, {{campaign}}|{{isSpam}}|{{toString}}', facts)).to.equal(
        `Anna {{phone}}: ${(1234.5).toLocaleString('ru-RU')} RUB, ||`
      )
    })
    it('with a variable that there is not are told', () => {
      expect(strangeVariables('{{client}} {{ klient }} {{}}')).to.deep.equal(['klient', ''])
    })
    it('become letters without markup of their own', () => {
      expect(mailHtml('<b>Hi</b>\nyou\n\nhttps://x.example/u/1')).to.equal(
        '<p>&#60;b&#62;Hi&#60;/b&#62;<br>you</p>\n<p><a href="https://x.example/u/1">https://x.example/u/1</a></p>'
      )
    })
    it('leave no client in the log', () => {
      expect(masked('550 <anna@example.com> 74951234567', facts)).to.equal('550 <•••> •••')
    })
    it('by which clients refuse are known', () => {
      expect(['STOP', ' стоп!', 'Отписаться.'].every(isStopWord)).to.equal(true)
      expect(['stop by tomorrow', 'non-stop', ''].some(isStopWord)).to.equal(false)
    })
  })

  describe('actions', () => {
    const mail = { kind: 'sendMail' as const, subject: 'a\r\nBcc: b', text: 'Hi', isMarketing: true }
    const skip = (change: Partial<Facts>, how = manner): string | null =>
      plan(mail, { ...facts, ...change }, how).skip

    it('send advertising only where it may go', () => {
      expect(skip({})).to.equal('noConsent')
      expect(skip({ marketing: 'given' })).to.equal(null)
      expect(skip({ marketing: 'refused' })).to.equal('refused')
      expect(skip({}, { ...manner, onlyWithConsent: false })).to.equal(null)
      expect(skip({ marketing: 'refused' }, { ...manner, onlyWithConsent: false })).to.equal('refused')
      expect(skip({ marketing: 'given', contactId: null })).to.equal('noClient')
      expect(skip({ marketing: 'given' }, { ...manner, refuseUrl: null as unknown as string })).to.equal(
        'noAddress'
      )
      expect(skip({ email: null, marketing: 'given' })).to.equal('noEmail')
    })
    it('put the link to refuse beneath advertising, and beneath nothing else', () => {
      const given = { ...facts, marketing: 'given' as const }
      expect(plan(mail, given, manner)).to.deep.include({
        subject: 'a Bcc: b',
        text: 'Hi\n\nОтписаться: https://x/u/t'
      })
      expect(plan({ ...mail, isMarketing: false }, given, manner).text).to.equal('Hi')
    })
    it('make two steps of a notice that is mailed too', () => {
      const notify = {
        kind: 'notify' as const,
        to: { kind: 'supervisors' as const },
        text: 'x',
        emails: ['a@b.c']
      }
      expect(stepsOf([notify]).map(({ kind }) => kind)).to.deep.equal(['notify', 'mailStaff'])
      expect(stepsOf([{ ...notify, emails: [] }])).to.have.length(1)
    })
  })

  describe('guards', () => {
    it('pause longer and longer, and stop', () => {
      const pauses = [1, 2, 3, 4, 5, 6].map(pauseAfter)
      expect(pauses.at(-1)).to.equal(null)
      expect(pauses.slice(0, -1)).to.deep.equal(pauses.slice(0, -1).toSorted((a, b) => Number(a) - Number(b)))
    })

    it('end any set of rules, also those that go round', () => {
      let seed = 7
      const random = (below: number): number => {
        seed = (seed * 48271) % 2147483647
        return seed % below
      }
      for (let world = 0; world < 300; world += 1) {
        // Rules that fire on one of six stages and move to one or two others.
        const rules = Array.from({ length: 1 + random(9) }, (_, id) => ({
          id: String(id),
          on: random(6),
          to: Array.from({ length: 1 + random(2) }, () => random(6)),
          limitTimes: 1 + random(50)
        }))
        const recent = new Map<string, number>()
        const queue: { stage: number; chain: string[] }[] = [{ stage: random(6), chain: [] }]
        let runs = 0
        for (let event = queue.shift(); event; event = queue.shift()) {
          for (const rule of rules.filter(({ on }) => on === event.stage)) {
            if (stoppedBy(rule, event.chain, recent.get(rule.id) ?? 0) !== null) continue
            recent.set(rule.id, (recent.get(rule.id) ?? 0) + 1)
            runs += 1
            const chain = [...event.chain, rule.id]
            expect(chain.length).to.be.at.most(maxChain)
            expect(new Set(chain).size, 'no rule because of itself').to.equal(chain.length)
            for (const stage of rule.to) queue.push({ stage, chain })
          }
        }
        expect(runs).to.be.at.most(rules.reduce((sum, { limitTimes }) => sum + limitTimes, 0))
      }
    })
  })
})
