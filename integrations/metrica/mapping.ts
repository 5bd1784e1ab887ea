import type { DealFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import type { CallFacts } from '../connectors/facts.ts'
import {
  hearsNothing,
  type Mapping,
  type Memory,
  type Next,
  type Telling,
  type World
} from '../connectors/kind.ts'
import type { PathFacts } from '../connectors/path.ts'
import type { UploadRow } from './rows.ts'
import type { MetricaSettings } from './settings.ts'

/** Rows of this long go in one upload: the counter takes files, not calls. */
export const gatherMs = 10 * 60_000
/** A stage chosen by mistake is mostly taken back within this time. */
const regretMs = 2 * 60_000
/** The counter joins nothing to a visit that is older. */
const oldestMs = 21 * 24 * 3600_000

const settingsOf = ({ settings }: World): MetricaSettings => settings as MetricaSettings

/** When something of this moment is sent: with all others of its ten minutes. */
export const dueMs = (atMs: number): number => Math.ceil((atMs + regretMs) / gatherMs) * gatherMs

/**
 * Calls and conversions of Yandex Metrica, one row for each. Somebody without an id that Metrica gave them cannot be joined
 * to a visit and is left out.
 */
export const mapping: Mapping = {
  ...hearsNothing,
  ...telling((call: CallFacts, world) => {
    const { ended } = call
    if (!settingsOf(world).isSendingCalls || !ended || ended.outcome === 'blocked') return null
    if (call.isTest || call.isSpam || call.direction !== 'in') return null
    return {
      ref: call.callId,
      atMs: ended.atMs,
      method: 'upload_calls',
      path: call.path,
      values: callValues(call, ended)
    }
  }),
  inquiries: telling((inquiry: InquiryFacts, world) => {
    const { inquiryGoal } = settingsOf(world)
    if (inquiryGoal === null || inquiry.kind === 'call' || inquiry.state === 'spam') return null
    const { inquiryId: ref, createdMs, path } = inquiry
    return { ref, atMs: createdMs, method: 'upload', path, values: conversion(inquiryGoal, createdMs) }
  }),
  deals: telling((deal: DealFacts, world) => {
    const { wonGoal, isSendingDeals } = settingsOf(world)
    if (wonGoal === null || !isSendingDeals || deal.wonMs === null) return null
    const values = {
      ...conversion(wonGoal, deal.wonMs),
      ...(deal.amount > 0 && { Price: deal.amount.toFixed(2), Currency: deal.currency })
    }
    return { ref: deal.dealId, atMs: deal.wonMs, method: 'upload', path: deal.path, values }
  })
}

interface Wanted {
  /** Whose row it is. */
  ref: string
  atMs: number
  method: 'upload_calls' | 'upload'
  path: PathFacts
  values: Record<string, string>
}

/** Each of them is one row, said once, in its own time. */
function telling<Facts>(wantedOf: (facts: Facts, world: World) => Wanted | null): Telling<Facts> {
  return {
    next(facts, memory, world): Next {
      const wanted = (memory as { isSent?: boolean }).isSent ? null : wantedOf(facts, world)
      if (!wanted || world.nowMs - wanted.atMs > oldestMs) return null
      const id = idOf(wanted.path)
      if (!id) return null
      const untilMs = dueMs(wanted.atMs)
      if (world.nowMs < untilMs) return { untilMs }
      return {
        key: wanted.method,
        method: wanted.method,
        params: { ...id, ref: wanted.ref, values: wanted.values }
      }
    },
    took: (): { memory: Memory; links: [] } => ({ memory: { isSent: true }, links: [] }),
    isDone: () => false
  }
}

function idOf({ ids, clickIds }: PathFacts): Pick<UploadRow, 'idType' | 'id'> | null {
  if (ids.metrica !== null && /^\d{1,25}$/.test(ids.metrica)) return { idType: 'CLIENT_ID', id: ids.metrica }
  const { yclid } = clickIds
  return yclid !== undefined && /^\d{1,25}$/.test(yclid) ? { idType: 'YCLID', id: yclid } : null
}

const seconds = (ms: number): string => String(Math.floor(ms / 1000))

const conversion = (target: string, atMs: number): Record<string, string> => ({
  Target: target,
  DateTime: seconds(atMs)
})

function callValues(call: CallFacts, ended: NonNullable<CallFacts['ended']>): Record<string, string> {
  const [first] = call.talks
  const waitedMs = (first?.fromMs ?? ended.atMs) - call.startedMs
  return {
    DateTime: seconds(call.startedMs),
    StaticCall: call.isDynamic ? '0' : '1',
    PhoneNumber: call.client ?? '',
    TalkDuration: String(first ? Math.round(ended.talkSeconds) : 0),
    HoldDuration: seconds(Math.max(0, waitedMs)),
    CallMissed: first ? '0' : '1',
    Tag: call.line ?? '',
    FirstTimeCaller: call.isFirst === null ? '' : call.isFirst ? '1' : '0',
    URL: call.path.pageUrl ?? call.landingUrl ?? ''
  }
}
