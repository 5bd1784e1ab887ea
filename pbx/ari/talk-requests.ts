import { acting, asker, creating, enc, trueConflict } from './asking.ts'
import type { AriHttp, AriResult } from './http.ts'
import { callerIdText, type Originate } from './originate.ts'

/** A call out whose sound is heard before it is answered: made first, put into a bridge, then dialled. */
export interface Create extends Pick<
  Originate,
  'channelId' | 'endpoint' | 'callerId' | 'variables' | 'media'
> {
  app: string
  /** Arguments of its `StasisStart`, which comes at once, long before any answer. */
  appArgs: string
}

/** Told to a telephone that asked by REFER. */
export type TransferProgress =
  'channel_progress' | 'channel_answered' | 'channel_unavailable' | 'channel_declined'

/** Requests of talks with more than two parties, of transfers and of supervision. */
export interface TalkRequests {
  /** Makes a channel that waits in the application to be dialled. 500: there is no such endpoint. */
  create(call: Create): Promise<AriResult>
  /** Dials a channel that was made; after `timeoutSeconds` Asterisk gives up with cause 19. */
  dial(channelId: string, timeoutSeconds: number): Promise<AriResult>
  /** A sound for everybody in a bridge. It comes from a channel of its own: no recording of a party suffers. */
  playOnBridge(bridgeId: string, playbackId: string, media: readonly string[]): Promise<AriResult>
  /**
   * Makes a channel that hears everything that `channelId` hears and says, and whose own sound only `channelId` hears.
   * It enters the application with `appArgs`. `already` is not told apart: look at `listChannels` before repeating.
   */
  snoop(channelId: string, snoopId: string, app: string, appArgs: string): Promise<AriResult>
  /** The party is not heard by anybody (`in` is what comes in from it). */
  mute(channelId: string): Promise<AriResult>
  unmute(channelId: string): Promise<AriResult>
  /** Tells the telephone that asked by REFER how it goes; the final ones end its waiting. */
  transferProgress(channelId: string, state: TransferProgress): Promise<AriResult>
}

/** @param http the REST connection that carries the requests */
export function createTalkRequests(http: AriHttp): TalkRequests {
  const { done, act } = asker(http)
  return {
    async create({ callerId, variables, media, ...call }) {
      const shown = callerId === undefined ? '' : callerIdText(callerId)
      const result = await done({
        name: 'create',
        method: 'POST',
        path: '/channels/create',
        means: creating,
        body: {
          ...call,
          // `create` has no parameter for the caller: whom a channel that is dialled is connected to stands in its From.
          variables: { ...(shown === '' ? {} : { 'CONNECTEDLINE(all,i)': shown }), ...variables },
          ...(media === undefined
            ? {}
            : 'originator' in media
              ? { originator: media.originator }
              : { formats: media.formats.join(',') })
        }
      })
      return trueConflict(http, call.channelId, result)
    },
    dial: (id, timeoutSeconds) => act('dial', 'POST', id, 'dial', { timeout: timeoutSeconds }),
    playOnBridge: (id, playbackId, media) =>
      done({
        name: 'playOnBridge',
        method: 'POST',
        path: `/bridges/${enc(id)}/play`,
        means: acting,
        body: { playbackId, media }
      }),
    snoop: (id, snoopId, app, appArgs) =>
      act('snoop', 'POST', id, 'snoop', { spy: 'both', whisper: 'out', app, appArgs, snoopId }),
    mute: (id) => act('mute', 'POST', id, 'mute', { direction: 'in' }),
    unmute: (id) => act('unmute', 'DELETE', id, 'mute', { direction: 'in' }),
    transferProgress: (id, state) =>
      act('transferProgress', 'POST', id, 'transfer_progress', { states: state })
  }
}
