import { acting, asker, creating, enc, ending, joining, leaving, reading, trueConflict } from './asking.ts'
import type { AriHttp, AriResult } from './http.ts'
import { parseChannel } from './events.ts'
import type { AriChannel } from './events.ts'
import { originateBody, type Originate } from './originate.ts'
import { createTalkRequests, type TalkRequests } from './talk-requests.ts'

export interface RecordOptions {
  format?: 'wav' | 'sln16'
  maxSeconds: number
  /** Ends after this much silence; 0 never. */
  silenceSeconds: number
  /** A digit that ends it. */
  terminateOn?: 'none' | 'any' | '*' | '#'
  beep?: boolean
}

export interface AriBridge {
  id: string
  channelIds: string[]
}
export interface AriApplication {
  name: string
  channelIds: string[]
  bridgeIds: string[]
}
export interface AriEndpoint {
  /** `op-…`, `trunk-…`. */
  id: string
  state: 'online' | 'offline' | 'unknown'
  channelIds: string[]
}
export type ConfigFields = readonly { attribute: string; value: string }[]

/** One function per request that Ringtrace needs. None throws for what can happen in a call's life. */
export interface AriRequests extends TalkRequests {
  /**
   * `rejected` with status 500 ("Allocation failed") is Asterisk's word for "nobody to call there"
   * (no phone registered, unknown endpoint); 400 when the originator has gone. Not to be repeated blindly: the 409
   * is right, but each one leaves a session in Asterisk that holds up its clean stop (seen on 22.10.1), so look at
   * `listChannels` first.
   */
  originate(call: Originate): Promise<AriResult>
  answer(channelId: string): Promise<AriResult>
  /** @param cause Q.850: 16 normal, 17 busy, 19 no answer, 21 rejected, 26 answered elsewhere … */
  hangup(channelId: string, cause: number): Promise<AriResult>
  ring(channelId: string): Promise<AriResult>
  ringStop(channelId: string): Promise<AriResult>
  /** Not repeatable: Asterisk plays twice when asked twice, even under one `playbackId`. */
  play(channelId: string, playbackId: string, media: readonly string[]): Promise<AriResult>
  stopPlayback(playbackId: string): Promise<AriResult>
  /** `gone`: it has ended, or never began. */
  findPlayback(playbackId: string): Promise<AriResult>
  createBridge(bridgeId: string): Promise<AriResult>
  destroyBridge(bridgeId: string): Promise<AriResult>
  /** `gone`: the bridge or one of the channels; then none was added. */
  addToBridge(bridgeId: string, channelIds: readonly string[]): Promise<AriResult>
  removeFromBridge(bridgeId: string, channelIds: readonly string[]): Promise<AriResult>
  /** `already`: the same recording runs. `gone` with `done`: it ran and has ended, its file is there. */
  record(channelId: string, name: string, options: RecordOptions): Promise<AriResult>
  stopRecording(name: string): Promise<AriResult>
  sendDtmf(channelId: string, digits: string): Promise<AriResult>
  startMoh(channelId: string, musicClass?: string): Promise<AriResult>
  stopMoh(channelId: string): Promise<AriResult>
  getVariable(channelId: string, variable: string): Promise<AriResult<string>>
  setVariable(channelId: string, variable: string, value: string): Promise<AriResult>
  /** Functions that only read are fine; `DB()` and the like are refused, silently, as dangerous. */
  getGlobalVariable(variable: string): Promise<AriResult<string>>
  setGlobalVariable(variable: string, value: string): Promise<AriResult>
  listChannels(): Promise<AriResult<AriChannel[]>>
  listBridges(): Promise<AriResult<AriBridge[]>>
  listEndpoints(): Promise<AriResult<AriEndpoint[]>>
  getApplication(app: string): Promise<AriResult<AriApplication>>
  setEventFilter(app: string, types: readonly string[]): Promise<AriResult>
  ping(): Promise<AriResult>
  /** Fields left out keep their old values: PUT merges. 403: the object stands in pjsip.conf. */
  putObject(type: string, id: string, fields: ConfigFields): Promise<AriResult>
  getObject(type: string, id: string): Promise<AriResult<ConfigFields>>
  deleteObject(type: string, id: string): Promise<AriResult>
}

/** @param http the REST connection that carries the requests */
export function createRequests(http: AriHttp): AriRequests {
  const { done, read, act, end } = asker(http)

  return {
    ...createTalkRequests(http),
    async originate(call) {
      const result = await done({
        name: 'originate',
        method: 'POST',
        path: '/channels',
        means: creating,
        body: originateBody(call)
      })
      return trueConflict(http, call.channelId, result)
    },
    answer: (id) => act('answer', 'POST', id, 'answer'),
    hangup: (id, cause) => end('hangup', `/channels/${enc(id)}`, { reason_code: cause }),
    ring: (id) => act('ring', 'POST', id, 'ring'),
    ringStop: (id) => act('ringStop', 'DELETE', id, 'ring'),
    play: (id, playbackId, media) => act('play', 'POST', id, 'play', { playbackId, media }),
    findPlayback: (id) =>
      done({
        name: 'findPlayback',
        method: 'GET',
        path: `/playbacks/${enc(id)}`,
        means: reading,
        repeatable: true
      }),
    stopPlayback: (id) => end('stopPlayback', `/playbacks/${enc(id)}`),
    createBridge: (bridgeId) =>
      done({
        name: 'createBridge',
        method: 'POST',
        // With the id in the path a repeated create is a clean 409; in the body it is a 500 without a meaning.
        path: `/bridges/${enc(bridgeId)}`,
        means: creating,
        repeatable: true,
        // Key presses during a talk reach us too.
        body: { type: 'mixing,dtmf_events' }
      }),
    destroyBridge: (id) => end('destroyBridge', `/bridges/${enc(id)}`),
    addToBridge: (id, channels) =>
      done({
        name: 'addToBridge',
        method: 'POST',
        path: `/bridges/${enc(id)}/addChannel`,
        means: joining,
        body: { channel: channels }
      }),
    removeFromBridge: (id, channels) =>
      done({
        name: 'removeFromBridge',
        method: 'POST',
        path: `/bridges/${enc(id)}/removeChannel`,
        means: leaving,
        body: { channel: channels }
      }),
    async record(id, name, options) {
      const result = await act('record', 'POST', id, 'record', recordBody(name, options))
      return !result.ok && result.status === 409
        ? await explainRecordingConflict(http, id, name, result)
        : result
    },
    stopRecording: (name) =>
      done({
        name: 'stopRecording',
        method: 'POST',
        path: `/recordings/live/${enc(name)}/stop`,
        means: ending,
        repeatable: true
      }),
    sendDtmf: (id, dtmf) => act('sendDtmf', 'POST', id, 'dtmf', { dtmf }),
    startMoh: (id, mohClass) =>
      act('startMoh', 'POST', id, 'moh', mohClass === undefined ? {} : { mohClass }),
    stopMoh: (id) => act('stopMoh', 'DELETE', id, 'moh'),
    getVariable: (id, variable) =>
      read(
        { name: 'getVariable', method: 'GET', path: `/channels/${enc(id)}/variable`, query: { variable } },
        valueOf
      ),
    setVariable: (id, variable, value) => act('setVariable', 'POST', id, 'variable', { variable, value }),
    getGlobalVariable: (variable) =>
      read(
        { name: 'getGlobalVariable', method: 'GET', path: '/asterisk/variable', query: { variable } },
        valueOf
      ),
    setGlobalVariable: (variable, value) =>
      done({
        name: 'setGlobalVariable',
        method: 'POST',
        path: '/asterisk/variable',
        repeatable: true,
        body: { variable, value }
      }),
    listChannels: () =>
      read({ name: 'listChannels', method: 'GET', path: '/channels' }, (value) =>
        list(value).flatMap((item) => parseChannel(item) ?? [])
      ),
    listBridges: () =>
      read({ name: 'listBridges', method: 'GET', path: '/bridges' }, (value) =>
        list(value).map((item) => ({ id: text(item, 'id'), channelIds: texts(item, 'channels') }))
      ),
    async listEndpoints() {
      const result = await read({ name: 'listEndpoints', method: 'GET', path: '/endpoints/PJSIP' }, (value) =>
        list(value).map(endpoint)
      )
      // Asterisk's word for an empty list.
      return !result.ok && result.code === 'gone' ? { ok: true, value: [] } : result
    },
    getApplication: (app) =>
      read({ name: 'getApplication', method: 'GET', path: `/applications/${enc(app)}` }, (value) => ({
        name: text(value, 'name'),
        channelIds: texts(value, 'channel_ids'),
        bridgeIds: texts(value, 'bridge_ids')
      })),
    setEventFilter: (app, types) =>
      done({
        name: 'setEventFilter',
        method: 'PUT',
        path: `/applications/${enc(app)}/eventFilter`,
        means: acting,
        repeatable: true,
        body: { allowed: types.map((type) => ({ type })), disallowed: [] }
      }),
    ping: () => done({ name: 'ping', method: 'GET', path: '/asterisk/ping' }),
    putObject: (type, id, fields) =>
      done({
        name: 'putObject',
        method: 'PUT',
        path: objectPath(type, id),
        repeatable: true,
        // Asterisk looks up a carrier's host name before it answers.
        timeoutMs: 30_000,
        body: { fields }
      }),
    getObject: (type, id) => read({ name: 'getObject', method: 'GET', path: objectPath(type, id) }, fieldsOf),
    deleteObject: (type, id) => end('deleteObject', objectPath(type, id))
  }
}

/** Always this one class, also for identify and registration: the section names of sorcery.conf give 404. */
const objectPath = (type: string, id: string): string =>
  `/asterisk/config/dynamic/res_pjsip/${enc(type)}/${enc(id)}`

function recordBody(name: string, options: RecordOptions): Record<string, unknown> {
  return {
    name,
    format: options.format ?? 'wav',
    maxDurationSeconds: options.maxSeconds,
    maxSilenceSeconds: options.silenceSeconds,
    ifExists: 'fail',
    beep: options.beep ?? false,
    terminateOn: options.terminateOn ?? 'none'
  }
}

/** A 409 on a recording says three things: it runs already, its file is there from before, or no channel of ours. */
async function explainRecordingConflict(
  http: AriHttp,
  channelId: string,
  name: string,
  conflict: Extract<AriResult, { ok: false }>
): Promise<AriResult> {
  const ask = (kind: 'live' | 'stored') =>
    http.send({
      name: 'findRecording',
      method: 'GET',
      path: `/recordings/${kind}/${enc(name)}`,
      means: reading,
      repeatable: true,
      wantsBody: true
    })
  const live = await ask('live')
  if (live.ok && text(live.value, 'target_uri') === `channel:${channelId}`) {
    return { ...conflict, code: 'already', done: true }
  }
  if (live.ok) return conflict
  const stored = await ask('stored')
  return stored.ok ? { ...conflict, code: 'gone', done: true } : conflict
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
function text(value: unknown, name: string): string {
  const found = field(value, name)
  return typeof found === 'string' ? found : ''
}
function texts(value: unknown, name: string): string[] {
  return list(field(value, name)).filter((item) => typeof item === 'string')
}
const valueOf = (value: unknown): string => text(value, 'value')
const fieldsOf = (value: unknown): ConfigFields =>
  list(value).map((item) => ({ attribute: text(item, 'attribute'), value: text(item, 'value') }))

function endpoint(value: unknown): AriEndpoint {
  const state = text(value, 'state')
  return {
    id: text(value, 'resource'),
    state: state === 'online' || state === 'offline' ? state : 'unknown',
    channelIds: texts(value, 'channel_ids')
  }
}
