import type { Logger } from 'pino'
import type { Ari, AriSignals, AriStats } from '../ari/client.ts'
import type { AriFailure, AriResult } from '../ari/http.ts'
import { createSignals } from '../ari/signals.ts'
import type { Member, Members } from './members.ts'

const nobody: AriFailure = {
  ok: false,
  code: 'unreachable',
  done: false,
  status: null,
  message: 'No Asterisk answers'
}

/**
 * All nodes as one Asterisk: a request goes to the node on which its channel or call lives, events of all come
 * together. It is up while any node is. What concerns no call (objects, variables of the machine) is asked of all.
 */
export function createNodesAri(members: Members, options: { app: string; log: Logger }): Ari {
  const { homes } = members
  const signals = createSignals<AriSignals>(options.log)
  const leave = new Map<string, () => void>()
  let isWanted = false
  let wasUp = false

  function follow({ name, ari }: Member): void {
    const off = [
      ari.on('up', () => {
        wasUp = true
        signals.emit('up')
      }),
      ari.on('down', (reason) => {
        if (isUp() || !wasUp) return
        wasUp = false
        signals.emit('down', reason)
      }),
      ari.on('replaced', () => signals.emit('replaced')),
      ari.on('event', (event) => signals.emit('event', event))
    ]
    leave.set(name, () => off.forEach((end) => end()))
    if (isWanted) ari.connect()
  }
  members.all().forEach(follow)
  members.on('added', follow)
  members.on('removed', ({ name }) => {
    leave.get(name)?.()
    leave.delete(name)
  })

  const isUp = (): boolean => members.all().some(({ ari }) => ari.isUp)
  const living = (): Member[] => members.all().filter(({ ari }) => ari.isUp)

  /** Asks the node on which a thing lives. One that nobody can place is looked for. */
  function at<T>(id: string, ask: (ari: Ari) => Promise<AriResult<T>>): Promise<AriResult<T>> {
    const [first, ...others] = members.all()
    if (first && others.length === 0) return ask(first.ari)
    const home = members.get(homes.homeOf(id))
    return home ? ask(home.ari) : seek(ask)
  }

  async function seek<T>(ask: (ari: Ari) => Promise<AriResult<T>>): Promise<AriResult<T>> {
    let last: AriResult<T> = nobody
    for (const { ari } of living()) {
      last = await ask(ari)
      if (last.ok || last.code !== 'gone') return last
    }
    return last
  }

  /** A new channel: on the node of its call, of the channel that it follows, or on the freest one. */
  function make(
    channelId: string,
    originator: string | null,
    ask: (ari: Ari) => Promise<AriResult>
  ): Promise<AriResult> {
    const known = homes.homeOf(channelId) ?? (originator === null ? undefined : homes.homeOf(originator))
    const node = known ?? members.choose()
    const member = members.get(node)
    if (!member) return Promise.resolve(nobody)
    homes.note(channelId, member.name)
    return ask(member.ari)
  }

  /** A sound or recording that is not named after its call is found again where its channel is. */
  function begun(id: string, channelId: string): void {
    const node = homes.homeOf(channelId)
    if (node !== undefined) homes.note(id, node)
  }

  async function everywhere(ask: (ari: Ari) => Promise<AriResult>): Promise<AriResult> {
    const results = await Promise.all(living().map(({ ari }) => ask(ari)))
    return results.find(({ ok }) => !ok) ?? results[0] ?? nobody
  }

  /** Of every node that is not lost: half an answer would look like calls that have ended. */
  async function listed<T>(ask: (ari: Ari) => Promise<AriResult<T[]>>): Promise<AriResult<T[]>> {
    const asked = members.all().filter((member) => !members.isLost(member))
    if (asked.length === 0) return nobody
    const results = await Promise.all(asked.map(({ ari }) => ask(ari)))
    const value: T[] = []
    for (const result of results) {
      if (!result.ok) return result
      value.push(...result.value)
    }
    return { ok: true, value }
  }

  return {
    app: options.app,
    get isUp() {
      return isUp()
    },
    on: (name, listener) => signals.on(name, listener),
    connect() {
      isWanted = true
      for (const { ari } of members.all()) ari.connect()
    },
    disconnect() {
      isWanted = false
      for (const { ari } of members.all()) ari.disconnect()
    },
    stats: () => sum(members.all().map(({ ari }) => ari.stats())),
    async close() {
      isWanted = false
      members.stop()
      await Promise.all(members.all().map(({ ari }) => ari.close()))
      for (const end of leave.values()) end()
      signals.clear()
    },
    originate: (call) =>
      make(call.channelId, call.media && 'originator' in call.media ? call.media.originator : null, (ari) =>
        ari.originate(call)
      ),
    create: (call) =>
      make(call.channelId, call.media && 'originator' in call.media ? call.media.originator : null, (ari) =>
        ari.create(call)
      ),
    snoop(id, snoopId, app, appArgs) {
      begun(snoopId, id)
      return at(id, (ari) => ari.snoop(id, snoopId, app, appArgs))
    },
    play(id, playbackId, media) {
      begun(playbackId, id)
      return at(id, (ari) => ari.play(id, playbackId, media))
    },
    playOnBridge(id, playbackId, media) {
      begun(playbackId, id)
      return at(id, (ari) => ari.playOnBridge(id, playbackId, media))
    },
    record(id, name, how) {
      begun(name, id)
      return at(id, (ari) => ari.record(id, name, how))
    },
    answer: (id) => at(id, (ari) => ari.answer(id)),
    hangup: (id, cause) => at(id, (ari) => ari.hangup(id, cause)),
    ring: (id) => at(id, (ari) => ari.ring(id)),
    ringStop: (id) => at(id, (ari) => ari.ringStop(id)),
    dial: (id, timeoutSeconds) => at(id, (ari) => ari.dial(id, timeoutSeconds)),
    mute: (id) => at(id, (ari) => ari.mute(id)),
    unmute: (id) => at(id, (ari) => ari.unmute(id)),
    transferProgress: (id, state) => at(id, (ari) => ari.transferProgress(id, state)),
    sendDtmf: (id, digits) => at(id, (ari) => ari.sendDtmf(id, digits)),
    startMoh: (id, musicClass) => at(id, (ari) => ari.startMoh(id, musicClass)),
    stopMoh: (id) => at(id, (ari) => ari.stopMoh(id)),
    getVariable: (id, variable) => at(id, (ari) => ari.getVariable(id, variable)),
    setVariable: (id, variable, value) => at(id, (ari) => ari.setVariable(id, variable, value)),
    stopPlayback: (id) => at(id, (ari) => ari.stopPlayback(id)),
    findPlayback: (id) => at(id, (ari) => ari.findPlayback(id)),
    stopRecording: (name) => at(name, (ari) => ari.stopRecording(name)),
    createBridge: (id) => at(id, (ari) => ari.createBridge(id)),
    destroyBridge: (id) => at(id, (ari) => ari.destroyBridge(id)),
    addToBridge: (id, channels) => at(id, (ari) => ari.addToBridge(id, channels)),
    removeFromBridge: (id, channels) => at(id, (ari) => ari.removeFromBridge(id, channels)),
    listChannels: () => listed((ari) => ari.listChannels()),
    listBridges: () => listed((ari) => ari.listBridges()),
    listEndpoints: () => listed((ari) => ari.listEndpoints()),
    // One stands for all: what is set, is set everywhere.
    getGlobalVariable: (variable) =>
      (living()[0]?.ari ?? members.all()[0]?.ari)?.getGlobalVariable(variable) ?? Promise.resolve(nobody),
    setGlobalVariable: (variable, value) => everywhere((ari) => ari.setGlobalVariable(variable, value)),
    getApplication: (app) => seek((ari) => ari.getApplication(app)),
    setEventFilter: (app, types) => everywhere((ari) => ari.setEventFilter(app, types)),
    ping: () => everywhere((ari) => ari.ping()),
    putObject: (type, id, fields) => everywhere((ari) => ari.putObject(type, id, fields)),
    getObject: (type, id) => seek((ari) => ari.getObject(type, id)),
    deleteObject: (type, id) => everywhere((ari) => ari.deleteObject(type, id))
  }
}

function sum(all: readonly AriStats[]): AriStats {
  const total = {
    events: {} as Record<string, number>,
    ignored: {} as Record<string, number>,
    malformed: 0,
    reconnects: 0
  }
  for (const one of all) {
    total.malformed += one.malformed
    total.reconnects += one.reconnects
    for (const kind of ['events', 'ignored'] as const)
      for (const [type, count] of Object.entries(one[kind]))
        total[kind][type] = (total[kind][type] ?? 0) + count
  }
  return total
}
