import { hearsNothing, type ForeignError, type Mapping } from '../connectors/kind.ts'
import { textOf } from '../connectors/read.ts'
import type { CalltouchSettings } from './settings.ts'

interface Known {
  isSent?: boolean
}

/** A call that came in to a number of ours, once it is over; whose visit it was Calltouch says itself. */
export const mapping: Mapping = {
  ...hearsNothing,
  next(call, memory, world) {
    const { timeZone, isSendingMissed } = world.settings as CalltouchSettings
    const { client, line, ended } = call
    if (call.isTest || call.isSpam || call.direction !== 'in' || client === null || line === null) return null
    if (!ended || ended.outcome === 'blocked' || (memory as Known).isSent) return null
    if (call.talks.length === 0 && !isSendingMissed) return null
    const talked = call.talks.length === 0 ? 0 : Math.max(1, Math.round(ended.talkSeconds))
    return {
      key: 'call',
      method: 'inbound-call',
      params: {
        callid: call.callId,
        callerid: digits(client),
        phonenumber: digits(line),
        // To whom it went on: our telephones have no numbers that Calltouch could know.
        destphonenumber: digits(line),
        date: stampOf(call.startedMs, timeZone),
        duration: String(talked)
      }
    }
  },
  took: (_step, answer, memory, call) => {
    const log = textOf(answer)
    return {
      memory: { ...memory, isSent: true },
      links:
        log === ''
          ? []
          : [{ ourKind: 'call', ourId: call.callId, foreignKind: 'import', foreignId: log.slice(0, 100) }]
    }
  },
  // Ids are taken once: the first request did arrive, and its answer was lost.
  isDone: (_step, error, wasAsked) => wasAsked && isRepeat(error)
}

const isRepeat = ({ fault, message }: ForeignError): boolean =>
  fault === 'refused' && /duplicat|already|exist|уже|повтор/i.test(message)

const digits = (phone: string): string => phone.replace(/\D/g, '')

/** `2026-11-22 18:05:09` where they live. */
function stampOf(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }
  })
  return parts.format(ms)
}
