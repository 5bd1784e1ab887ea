import { hearsNothing, type Mapping, type Memory, type Step } from '../connectors/kind.ts'
import { mainRecord } from '../connectors/records.ts'
import { textOf } from '../connectors/read.ts'
import { documentOf, valuesOf } from './document.ts'
import type { OnecSettings } from './settings.ts'

/** What 1C knows of a call. */
interface Known {
  /** The document there. */
  ref?: string
  rating?: number
  /** The recording whose link stands in the document. */
  record?: string
}

/** Answer to `create`. */
export interface Made {
  ref: string
  /** It was there, from a time when its answer was lost: what has come since is not in it. */
  isFound: boolean
}

/** A document once the call is over; the record's link and the rating as they come. */
export const mapping: Mapping = {
  ...hearsNothing,
  next(call, memory, { settings: given, people }) {
    const known = memory as Known
    const settings = given as OnecSettings
    const { fields } = settings
    if (call.isTest || call.isSpam || call.direction === 'internal') return null
    if (!call.ended || call.ended.outcome === 'blocked') return null
    const record = fields['record'] === undefined ? null : mainRecord(call)
    const isNewRecord = record !== null && record !== known.record
    const late = isNewRecord ? { recordingId: record } : {}
    if (known.ref === undefined) {
      const document = documentOf(valuesOf(call, settings, people), fields)
      return { key: 'create', method: 'create', params: { callId: call.callId, document }, ...late }
    }
    const rating = fields['rating'] === undefined ? null : call.rating
    const isNewRating = rating !== null && rating !== known.rating
    if (!isNewRating && !isNewRecord) return null
    return {
      key: `change ${isNewRating ? rating : ''} ${isNewRecord ? record : ''}`,
      method: 'change',
      params: { ref: known.ref, document: documentOf(isNewRating ? { rating } : {}, fields) },
      ...late
    } satisfies Step
  },
  took(step, answer, memory, { rating }) {
    const { recordingId: record, method, params } = step
    const told: Memory = { ...(rating !== null && { rating }), ...(record !== undefined && { record }) }
    if (method !== 'create') return { memory: { ...memory, ...told }, links: [] }
    const { ref, isFound } = answer as Made
    const ours = { ourKind: 'call' as const, ourId: textOf(params['callId']) }
    return {
      memory: { ref, ...(!isFound && told) },
      links: [{ ...ours, foreignKind: 'document', foreignId: ref }]
    }
  },
  // Somebody has deleted the document there: nothing is left to be completed.
  isDone: (step, error) => step.method === 'change' && error.code === 'gone'
}
