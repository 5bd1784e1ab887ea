import { expect } from 'chai'
import { anna, annaRings, annaTalks, atOperators, boris, groupId, route, scheme, Story } from './given.ts'

describe('An inbound call', () => {
  it('asks for its route when it arrives', () => {
    const story = new Story().when({ type: 'arrived', isSpeakable: true })
    expect(story.effects).to.deep.equal([{ do: 'ask', what: 'route' }])
  })

  it('is initiated with number, source and client, answered, and greeted', () => {
    const story = new Story().when({ type: 'arrived', isSpeakable: true }, { type: 'routed', route: route() })
    expect(story.last('call.initiated')).to.deep.include({ dialed: '+74951234567' })
    expect(story.last('call.initiated')?.['source']).to.deep.include({
      name: 'Yandex.Direct',
      keyword: 'buy windows'
    })
    expect(story.does('answer')).to.have.length(1)
    expect(story.does('play')).to.have.length(1)
  })

  it('hears that the number is unknown, is hung up, and is in the journal as failed with no_route', () => {
    const story = new Story()
      .when({ type: 'arrived', isSpeakable: true }, { type: 'routed', route: null, reason: 'no_route' })
      .soundEnds()
    expect(story.call.phase).to.equal('ended')
    expect(story.does('hangupCaller')).to.have.length(1)
    expect(story.journal().call).to.include({ outcome: 'failed', reason: 'no_route', hangup_by: 'system' })
  })

  it('with no codec in common is refused with the cause that becomes 488, and has a row', () => {
    const story = new Story().when({ type: 'arrived', isSpeakable: false })
    expect(story.effects).to.deep.include({ do: 'hangupCaller', cause: 58 })
    expect(story.journal().call).to.include({ outcome: 'failed', reason: 'no_codec' })
  })

  it('looks for the client’s owner first, then for a free operator of the group', () => {
    const story = atOperators(scheme(), boris.userId)
    expect(story.does('ask')[0]).to.deep.include({
      query: { kind: 'owner', userId: boris.userId, except: [] }
    })
    story.when({ type: 'operatorsFound', operators: [] })
    expect(story.does('ask')[0]).to.have.nested.property('query.groupId', groupId)
  })

  it('rings the operator who was found and hears ringing', () => {
    const story = atOperators().when({ type: 'operatorsFound', operators: [anna] })
    expect(story.does('originate')[0]).to.deep.include({ leg: 'op1', userId: anna.userId })
    expect(story.does('ringback')).to.deep.equal([{ do: 'ringback', on: true, isAnswered: true }])
  })

  it('talks with the operator who answered', () => {
    const story = annaTalks()
    expect(story.call.phase).to.equal('talking')
    expect(story.does('connect')).to.deep.equal([
      { do: 'connect', bridge: 'main', parties: ['client', 'op1'] }
    ])
    expect(story.last('call.answered')).to.deep.include({ operator: { id: anna.userId, name: 'Anna' } })
  })

  it('goes to the next operator when the first does not answer', () => {
    const story = annaRings().timerEnds()
    expect(story.does('hangupLeg')).to.deep.equal([{ do: 'hangupLeg', leg: 'op1', reason: 'cancel' }])
    expect(story.does('release')).to.deep.equal([
      { do: 'release', userId: anna.userId, talked: false, result: 'noAnswer' }
    ])
    expect(story.does('ask')[0]).to.have.deep.nested.property('query.except', [anna.userId])
    story.when({ type: 'operatorsFound', operators: [boris] })
    expect(story.does('originate')[0]).to.deep.include({ leg: 'op2', userId: boris.userId })
  })

  it('never rings an operator again who declined it', () => {
    const story = annaRings(scheme({ rounds: 3 })).when({ type: 'legEnded', leg: 'op1', cause: 21 })
    expect(story.call.declined).to.deep.equal([anna.userId])
    for (let asked = story.does('ask')[0]; asked; asked = story.does('ask')[0]) {
      expect(asked).to.have.nested.property('query.except').that.includes(anna.userId)
      story.when({ type: 'operatorsFound', operators: [] })
    }
  })

  it('stops ringing everybody else when one of all answers, and drops a second answer kindly', () => {
    const story = atOperators(scheme({ strategy: 'ringAll' })).when(
      { type: 'operatorsFound', operators: [anna, boris] },
      { type: 'legAnswered', leg: 'op2' }
    )
    expect(story.call.talk?.leg).to.equal('op2')
    expect(story.does('hangupLeg')).to.deep.equal([{ do: 'hangupLeg', leg: 'op1', reason: 'cancel' }])
    story.when({ type: 'legAnswered', leg: 'op1' })
    expect(story.does('hangupLeg')).to.deep.equal([{ do: 'hangupLeg', leg: 'op1', reason: 'late' }])
    expect(story.call.talk?.leg).to.equal('op2')
  })

  it('is not cut when the answer of the talking operator is told twice', () => {
    const story = annaTalks().when({ type: 'legAnswered', leg: 'op1' })
    expect(story.call.phase).to.equal('talking')
    expect(story.effects).to.deep.equal([])
  })

  it('goes to the message when nobody is free, and is a voicemail once something was said', () => {
    const story = atOperators().when({ type: 'operatorsFound', operators: [] })
    expect(story.call.block?.type).to.equal('voicemail')
    for (let hops = 0; story.call.playing && hops < 5; hops += 1) story.soundEnds()
    story.after(10).when({ type: 'callerLeft', cause: 16 })
    expect(story.journal().call).to.include({ outcome: 'voicemail', hangup_by: 'client' })
    expect(story.journal().call['recording_id']).to.be.a('string')
  })

  it('is asked for a rating when the operator hangs up first, and the rating is the operator’s', () => {
    const story = annaTalks().after(30).when({ type: 'legEnded', leg: 'op1', cause: 16 })
    expect(story.does('closeBridge')).to.deep.equal([{ do: 'closeBridge', bridge: 'main' }])
    expect(story.call.block?.type).to.equal('rating')
    story.when({ type: 'digit', digit: '5' })
    expect(story.last('call.rated')).to.deep.equal({
      rating: 5,
      operatorId: anna.userId,
      operatorName: 'Anna'
    })
    while (story.call.phase !== 'ended') story.soundEnds()
    expect(story.journal().call).to.include({
      outcome: 'answered',
      rating: 5,
      hangup_by: 'operator',
      talk_seconds: 31
    })
  })

  it('has a rating moment even when the caller says nothing', () => {
    const story = annaTalks().when(
      { type: 'legEnded', leg: 'op1', cause: 16 },
      { type: 'callerLeft', cause: 16 }
    )
    expect(story.last('call.rated')).to.deep.include({ rating: null })
    expect(story.journal().call).to.include({ outcome: 'answered', rating: null })
  })

  it('ends with the operator’s leg when the caller hangs up in the talk', () => {
    const story = annaTalks().after(60).when({ type: 'callerLeft', cause: 16 })
    expect(story.does('hangupLeg')).to.deep.equal([{ do: 'hangupLeg', leg: 'op1', reason: 'end' }])
    expect(story.does('release')).to.deep.equal([
      { do: 'release', userId: anna.userId, talked: true, result: 'answered' }
    ])
    expect(story.journal().call).to.include({ outcome: 'answered', hangup_by: 'client', talk_seconds: 61 })
  })

  it('has talked for as long as the caller was in the talk, when the operator had answered long before', () => {
    const noGreeting = { ...scheme(), start: 'sales' }
    const story = new Story()
      .when({ type: 'arrived', isSpeakable: true }, { type: 'routed', route: route(noGreeting) })
      .when({ type: 'operatorsFound', operators: [anna] }, { type: 'legAnswered', leg: 'op1' })
      .after(6)
      .when({ type: 'callerAnswered' })
      .after(3)
      .when({ type: 'callerLeft', cause: 16 })
    expect(story.last('call.talk_ended')).to.include({ talkSeconds: 4 })
    expect(story.last('call.ended')).to.include({ talkSeconds: 4, waitSeconds: 11 })
    const { call, legs } = story.journal()
    expect(call).to.include({ talk_seconds: 4, clean_talk_seconds: 4, wait_seconds: 11, total_seconds: 15 })
    expect(Date.parse(String(call.answered_at)) - Date.parse(String(call.started_at))).to.equal(11_000)
    expect(Date.parse(String(legs[0]?.answered_at)), 'her telephone').to.be.below(
      Date.parse(String(call.answered_at))
    )
  })

  it('takes no notice of a caller who is let in before anybody talks', () => {
    const story = annaRings().when({ type: 'callerAnswered' })
    expect(story.wasIgnored).to.equal(true)
    expect(story.journal().call).to.include({ answered_at: null, wait_seconds: null })
  })

  it('frees operators who were found for a caller who has just left', () => {
    const story = atOperators().when(
      { type: 'callerLeft', cause: 16 },
      { type: 'operatorsFound', operators: [anna] }
    )
    expect(story.effects).to.deep.equal([{ do: 'release', userId: anna.userId, talked: false, result: null }])
  })

  it('is abandoned when the caller leaves in the greeting, missed when they leave while operators are rung', () => {
    const early = new Story().when(
      { type: 'arrived', isSpeakable: true },
      { type: 'routed', route: route() },
      { type: 'callerLeft', cause: 16 }
    )
    expect(early.journal().call).to.include({ outcome: 'abandoned', hangup_by: 'client' })
    const waiting = annaRings().when({ type: 'callerLeft', cause: 16 })
    expect(waiting.journal().call).to.include({ outcome: 'missed', reason: 'caller_left_waiting' })
    expect(waiting.does('hangupLeg')).to.have.length(1)
  })

  it('ends as failed, with a reason, when Asterisk is lost', () => {
    const story = annaRings().when({ type: 'broken', reason: 'asterisk_lost' })
    expect(story.journal().call).to.include({ outcome: 'failed', reason: 'asterisk_lost' })
  })

  it('records an event that has no cell, and goes on', () => {
    const story = annaTalks().when({ type: 'recorded', seconds: 3 })
    expect(story.wasIgnored).to.equal(true)
    expect(story.rows.at(-1)).to.deep.include({ type: 'recorded', data: { seconds: 3, ignored: true } })
    expect(story.call.phase).to.equal('talking')
  })

  it('gives its tape gapless numbers', () => {
    const story = annaTalks().when(
      { type: 'legEnded', leg: 'op1', cause: 16 },
      { type: 'callerLeft', cause: 16 }
    )
    expect(story.rows.map((row) => row.seq)).to.deep.equal(story.rows.map((_, index) => index + 1))
    expect(story.call.seq).to.equal(story.rows.length)
  })

  it('writes steps with exits and seconds, and legs with results, into the journal', () => {
    const story = annaRings()
      .timerEnds()
      .when({ type: 'operatorsFound', operators: [boris] }, { type: 'legAnswered', leg: 'op2' })
    story.when({ type: 'callerLeft', cause: 16 })
    const { call, legs } = story.journal()
    expect(call.steps.map((entry) => [entry.block, entry.exit])).to.deep.equal([
      ['hello', 'next'],
      ['sales', null]
    ])
    expect(call.steps[1]?.targets.map((target) => target.name)).to.deep.equal(['Anna', 'Boris'])
    expect(legs.map((leg) => [leg.user_name, leg.result])).to.deep.equal([
      ['Anna', 'noAnswer'],
      ['Boris', 'answered']
    ])
    expect(call['group_name']).to.equal('Sales')
  })
})
