import { z } from 'zod'
import type {
  Block,
  BlockContext,
  BlockEffect,
  BlockStep,
  FoundOperator,
  QueueRequest,
  Sound
} from '../block.ts'
import { digitSounds, prompt } from '../sounds.ts'
import { answerFirst, freeOthers, idOf, phoneKey, soundList, stay, wholeNumber } from './common.ts'
import { groupQuery, wantedFields } from './wanted.ts'

const settings = z
  .object({
    ...wantedFields,
    /** Calls of one queue wait in one line, whichever scheme brought them; null for the line of the group. */
    queueId: idOf('a queue').nullable().default(null),
    /** The highest is served first. */
    priority: z.number().int('must be a whole number').min(0).max(100).default(0),
    /** Said while the caller waits already; none for music at once. */
    welcome: soundList.or(z.tuple([])).default([prompt('please-wait')]),
    /** A class of hold music; null for the usual one. */
    musicClass: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'must be the name of a class of music')
      .nullable()
      .default(null),
    announcePlace: z.boolean().default(true),
    announceWait: z.boolean().default(true),
    announceEverySeconds: wholeNumber(15, 600, 'seconds').default(45),
    /** A caller who would stand further back than this leaves by `full`. */
    maxWaiting: wholeNumber(1, 500, 'callers').default(50),
    maxWaitSeconds: wholeNumber(10, 3600, 'seconds').default(300),
    ringSeconds: wholeNumber(5, 120, 'seconds').default(20),
    record: z.boolean().default(true),
    /** With this key the caller hangs up and is called back when it would have been their turn; null offers none. */
    callbackKey: phoneKey.nullable().default(null),
    offerAfterSeconds: wholeNumber(5, 600, 'seconds').default(60),
    offerEverySeconds: wholeNumber(30, 600, 'seconds').default(120),
    /** Null for our own words with the key. */
    offerSounds: soundList.nullable().default(null),
    /** Null for our own words with the number. */
    promisedSounds: soundList.nullable().default(null),
    /** Keys that lead out of the queue. */
    keys: z
      .array(z.object({ digit: phoneKey, label: z.string().trim().max(100).default('') }))
      .max(12)
      .refine((keys) => new Set(keys.map(({ digit }) => digit)).size === keys.length, {
        error: 'each key may stand here only once'
      })
      .default([])
  })
  .refine(({ callbackKey, keys }) => !keys.some(({ digit }) => digit === callbackKey), {
    error: 'must be another key than those that lead out',
    path: ['callbackKey']
  })

type Settings = z.infer<typeof settings>

interface Place {
  position: number
  waiting: number
  estimateSeconds: number | null
}

/** When something falls due, ms since the epoch. The call has one timer: it runs to the first of these. */
interface Due {
  end: number
  place: number
  offer: number
  /** While operators ring: when they are given up. */
  ring: number | null
  /** When those who did not answer may be rung again. */
  again: number | null
}

type State = {
  phase: 'waiting' | 'ringing' | 'promising'
  /** Since when the caller waits, and so their place, whoever fails to answer meanwhile. */
  sinceMs: number
  isSpeaking: boolean
  isMusicOn: boolean
  place: Place | null
  /** The line had room. */
  isAdmitted: boolean
  ringing: readonly string[]
  /** A VIP's, or as a supervisor set it; else that of the settings. */
  priority?: number
  /** Who did not answer lately. */
  missed: readonly string[]
  due: Due
  /** When the running timer ends. */
  timerAtMs: number | null
}

/** Between two announcements, so that they do not run into one another. */
const breathMs = 3_000
/** Until somebody who did not answer is rung again, if nobody else becomes free. */
const againMs = 5_000
/** The first announcement waits for the line to be known, and for an operator who is free at once. */
const firstPlaceMs = 2_000

/**
 * Lets the caller wait in line with music. They hear their place from time to time, may leave by a key, and may ask to
 * be called back without losing the place. When operators do not answer, the caller is back where they stood.
 */
export const queue: Block<Settings, State> = {
  type: 'queue',
  settings,
  // A line that is full is known at once.
  instantExits: ['full'],
  exits: ({ callbackKey, keys }) => [
    'talked',
    'timeout',
    'full',
    ...(callbackKey === null ? [] : ['callback']),
    ...keys.map(({ digit }) => digit)
  ],

  enter: (settings, context) => {
    const { nowMs, priority = 0 } = context
    const isSpeaking = settings.welcome.length > 0
    const state: State = {
      phase: 'waiting',
      sinceMs: nowMs,
      isSpeaking,
      isMusicOn: !isSpeaking,
      place: null,
      isAdmitted: false,
      ringing: [],
      missed: [],
      ...(priority > settings.priority && { priority }),
      due: {
        end: nowMs + settings.maxWaitSeconds * 1000,
        place: nowMs + firstPlaceMs,
        offer: nowMs + settings.offerAfterSeconds * 1000,
        ring: null,
        again: null
      },
      timerAtMs: null
    }
    const sound: BlockEffect = isSpeaking
      ? { do: 'play', sounds: settings.welcome }
      : { do: 'music', on: true, musicClass: settings.musicClass }
    return armed(state, [...answerFirst(context), join(state, settings, context), sound], settings, nowMs)
  },

  on: {
    queuePlace: (state, { position, waiting, estimateSeconds }, settings, { nowMs }) => {
      if (state.phase === 'promising') return stay(state)
      if (!state.isAdmitted && position > settings.maxWaiting) return leave(state, 'full')
      const place = { position, waiting, estimateSeconds }
      return armed({ ...state, place, isAdmitted: true }, [], settings, nowMs)
    },

    prioritised: (state, { priority }, settings, context) => {
      const next: State = { ...state, priority }
      if (state.phase !== 'waiting') return stay(next)
      return { state: next, effects: [join(next, settings, context)] }
    },

    operatorsFound: (state, { operators }, settings, context) => {
      if (state.phase !== 'waiting') {
        const effects = freeOthers(operators, state.ringing)
        return effects.length === 0 ? stay(state) : { state, effects }
      }
      // None: the turn has not come yet.
      if (operators.length === 0) return stay(state)
      const willing = operators.filter(({ userId }) => !context.declined.includes(userId))
      const chosen = settings.strategy === 'ringAll' ? willing : willing.slice(0, 1)
      const freed = freeOthers(
        operators,
        chosen.map(({ userId }) => userId)
      )
      if (chosen.length === 0) {
        return armed(state, [...freed, join(state, settings, context)], settings, context.nowMs)
      }
      return ringThese(state, chosen, freed, settings, context)
    },

    legFailed: (state, { userId, result }, settings, context) => {
      if (!state.ringing.includes(userId)) return stay(state)
      const ringing = state.ringing.filter((id) => id !== userId)
      // Who declined is not rung again in this call anyway.
      const missed = result === 'declined' ? state.missed : [...state.missed, userId]
      const rest: State = { ...state, ringing, missed }
      return ringing.length > 0 ? { state: rest, effects: [] } : goOnWaiting(rest, [], settings, context)
    },

    timeout: (before, _event, settings, context) => {
      const due = nextDue(before, settings)
      const state: State = { ...before, timerAtMs: null }
      if (due === null) return stay(before)
      // A timer may go off a moment early by this machine's clock.
      const nowMs = Math.max(context.nowMs, due.atMs)
      switch (due.what) {
        case 'ring': {
          const missed = [...state.missed, ...state.ringing]
          const stop: BlockEffect = { do: 'stopRinging', userIds: state.ringing }
          return goOnWaiting({ ...state, ringing: [], missed }, [stop], settings, { ...context, nowMs })
        }
        case 'end':
          return leave(state, 'timeout')
        case 'again': {
          const next: State = { ...state, missed: [], due: { ...state.due, again: null } }
          return armed(next, [join(next, settings, context)], settings, nowMs)
        }
        case 'place': {
          const place = nowMs + settings.announceEverySeconds * 1000
          const next: State = { ...state, due: { ...state.due, place } }
          return speak(next, placeSounds(state.place, settings), settings, nowMs)
        }
        case 'offer': {
          const offer = nowMs + settings.offerEverySeconds * 1000
          const next: State = { ...state, due: { ...state.due, offer } }
          return speak(next, offerSounds(settings), settings, nowMs)
        }
      }
    },

    played: (state, _event, settings, { nowMs }) => {
      if (state.phase === 'promising') return { state, effects: [], exit: 'callback' }
      if (!state.isSpeaking) return stay(state)
      const place = Math.max(state.due.place, nowMs + breathMs)
      const offer = Math.max(state.due.offer, nowMs + breathMs)
      return armed(
        { ...state, isSpeaking: false, isMusicOn: true, due: { ...state.due, place, offer } },
        [{ do: 'music', on: true, musicClass: settings.musicClass }],
        settings,
        nowMs
      )
    },

    digit: (state, { digit }, settings, context) => {
      if (state.phase === 'promising') return stay(state)
      const note: BlockEffect = { do: 'note', pressed: digit }
      if (settings.keys.some((key) => key.digit === digit)) {
        const left = leave(state, digit)
        return { ...left, effects: [note, ...left.effects] }
      }
      const { callerNumber } = context.facts
      if (digit !== settings.callbackKey || callerNumber === null) return stay(state)
      // The promise comes before its words: who hangs up meanwhile is called back all the same.
      const promise: BlockEffect = {
        do: 'promiseCallback',
        number: null,
        atMs: null,
        groupId: settings.groupId,
        queue: requestOf(state, settings, [])
      }
      const words = settings.promisedSounds ?? [
        prompt('callback-promised'),
        prompt('callback-number'),
        ...digitSounds(callerNumber)
      ]
      return {
        state: {
          ...state,
          phase: 'promising',
          ringing: [],
          isMusicOn: false,
          isSpeaking: true,
          timerAtMs: null
        },
        effects: [note, ...quiet(state), promise, { do: 'play', sounds: words }]
      }
    },

    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

function requestOf(state: State, settings: Settings, except: readonly string[]): QueueRequest {
  const { groupId, queueId } = settings
  return {
    queueId: queueId ?? groupId,
    query: groupQuery(settings, groupId, except),
    priority: state.priority ?? settings.priority,
    sinceMs: state.sinceMs
  }
}

function join(state: State, settings: Settings, { declined }: BlockContext): BlockEffect {
  const except = [...new Set([...declined, ...state.missed])]
  return { do: 'joinQueue', request: requestOf(state, settings, except) }
}

function ringThese(
  state: State,
  operators: readonly FoundOperator[],
  effects: readonly BlockEffect[],
  settings: Settings,
  { nowMs }: BlockContext
): BlockStep<State> {
  const ringMs = settings.ringSeconds * 1000
  const ringing = operators.map(({ userId }) => userId)
  const due: Due = { ...state.due, ring: nowMs + ringMs, again: null }
  return armed(
    { ...state, phase: 'ringing', isAdmitted: true, ringing, due },
    [...effects, { do: 'ring', operators, ringMs, record: settings.record }],
    settings,
    nowMs
  )
}

/** Nobody answered: back into the line, where the caller stood. */
function goOnWaiting(
  state: State,
  effects: readonly BlockEffect[],
  settings: Settings,
  context: BlockContext
): BlockStep<State> {
  const { nowMs } = context
  const due: Due = { ...state.due, ring: null, again: state.missed.length > 0 ? nowMs + againMs : null }
  const waiting: State = { ...state, phase: 'waiting', due }
  if (nowMs >= due.end) {
    const left = leave(waiting, 'timeout')
    return { ...left, effects: [...effects, ...left.effects] }
  }
  return armed(waiting, [...effects, join(waiting, settings, context)], settings, nowMs)
}

/** Says something instead of the music; with nothing to say, the music goes on. */
function speak(state: State, sounds: readonly Sound[], settings: Settings, nowMs: number): BlockStep<State> {
  if (sounds.length === 0) return armed(state, [], settings, nowMs)
  return armed(
    { ...state, isSpeaking: true, isMusicOn: false },
    [
      { do: 'music', on: false, musicClass: settings.musicClass },
      { do: 'play', sounds }
    ],
    settings,
    nowMs
  )
}

function placeSounds(place: Place | null, settings: Settings): readonly Sound[] {
  if (place === null) return []
  const sounds: Sound[] = []
  if (settings.announcePlace) sounds.push(prompt('queue-place'), { number: place.position })
  if (settings.announceWait && place.estimateSeconds !== null) {
    const minutes = Math.round(place.estimateSeconds / 60)
    if (minutes < 1) sounds.push(prompt('queue-soon'))
    else sounds.push(prompt('queue-wait'), { number: minutes })
  }
  return sounds
}

function offerSounds({ offerSounds, callbackKey }: Settings): readonly Sound[] {
  return offerSounds ?? [prompt('callback-offer'), ...digitSounds(callbackKey ?? '')]
}

/** What falls due next, as the call stands; null when only an event can move it. */
function nextDue(state: State, settings: Settings): { what: keyof Due; atMs: number } | null {
  const { phase, due, isSpeaking, place } = state
  if (phase === 'promising') return null
  if (phase === 'ringing') return { what: 'ring', atMs: due.ring ?? due.end }
  const all: { what: keyof Due; atMs: number }[] = [{ what: 'end', atMs: due.end }]
  if (due.again !== null) all.push({ what: 'again', atMs: due.again })
  const says = settings.announcePlace || settings.announceWait
  if (says && !isSpeaking && place !== null) all.push({ what: 'place', atMs: due.place })
  if (settings.callbackKey !== null && !isSpeaking) all.push({ what: 'offer', atMs: due.offer })
  return all.reduce((first, each) => (each.atMs < first.atMs ? each : first))
}

/** Sets the timer anew when something else falls due next than it runs to. */
function armed(
  state: State,
  effects: readonly BlockEffect[],
  settings: Settings,
  nowMs: number
): BlockStep<State> {
  const timerAtMs = nextDue(state, settings)?.atMs ?? null
  if (timerAtMs === null || timerAtMs === state.timerAtMs) return { state, effects }
  return {
    state: { ...state, timerAtMs },
    effects: [...effects, { do: 'timer', ms: Math.max(1, timerAtMs - nowMs) }]
  }
}

/** Ends all that is under way for the caller and the operators. */
function quiet(state: State): readonly BlockEffect[] {
  const effects: BlockEffect[] = []
  if (state.timerAtMs !== null) effects.push({ do: 'cancelTimer' })
  if (state.isSpeaking) effects.push({ do: 'stopPlaying' })
  if (state.isMusicOn) effects.push({ do: 'music', on: false, musicClass: null })
  if (state.ringing.length > 0) effects.push({ do: 'stopRinging', userIds: state.ringing })
  return [...effects, { do: 'leaveQueue' }]
}

function leave(state: State, exit: string): BlockStep<State> {
  return { state, effects: quiet(state), exit }
}
