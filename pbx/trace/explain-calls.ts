import type { Exchange, Heard } from './exchanges.ts'
import type { Finding } from './findings.ts'
import { answerOf, noAnswer, refusal } from './refusals.ts'

/** What became of calls: of each dialog its last INVITE that began it, then its end. */
export function explainCalls(exchanges: readonly Exchange[], nowMs: number, patienceMs: number): Finding[] {
  const dialogs = new Map<string, Exchange[]>()
  for (const exchange of exchanges) {
    const { dialog } = exchange.request
    dialogs.set(dialog, [...(dialogs.get(dialog) ?? []), exchange])
  }
  return [...dialogs.values()].flatMap((all) => explainDialog(all, nowMs, patienceMs))
}

function explainDialog(all: readonly Exchange[], nowMs: number, patienceMs: number): Finding[] {
  const invites = all.filter(({ method }) => method === 'INVITE')
  const findings: Finding[] = []
  const last = invites.at(-1)
  if (last) findings.push(...explainInvite(last, all, nowMs, patienceMs))
  const bye = all.find(({ method }) => method === 'BYE')
  if (bye && !bye.final && nowMs - bye.request.atMs >= patienceMs) {
    findings.push({
      code: 'bye_unanswered',
      level: 'warning',
      params: { ...noAnswer(bye).params, by: sideOf(bye.request) },
      message: bye.request.index
    })
  }
  return findings
}

function explainInvite(
  invite: Exchange,
  all: readonly Exchange[],
  nowMs: number,
  patienceMs: number
): Finding[] {
  const { request, final } = invite
  if (!final) {
    // Who rings has answered, though not yet for good.
    const isSilent = invite.provisional.length === 0 && nowMs - request.atMs >= patienceMs
    return isSilent && request.direction === 'out' ? [noAnswer(invite)] : []
  }
  const status = final.status ?? 0
  if (status < 300) {
    const ack = all.find(
      ({ method, request: other }) => method === 'ACK' && other.direction === request.direction
    )
    if (ack) return [{ code: 'call_answered', level: 'good', params: answerOf(invite), message: final.index }]
    const isOver = nowMs - final.atMs >= patienceMs
    return isOver
      ? [
          {
            code: 'no_ack',
            level: 'problem',
            params: { ...answerOf(invite), by: sideOf(request) },
            message: final.index
          }
        ]
      : []
  }
  if (status === 487) {
    return [
      {
        code: 'caller_left',
        level: 'warning',
        params: { ...answerOf(invite), by: sideOf(request) },
        message: final.index
      }
    ]
  }
  const found = refusal(invite, all, nowMs)
  if (!found) return []
  // Nobody is to blame for a busy telephone.
  const isUsual = found.code === 'busy' || found.code === 'declined'
  const refusedBy = final.direction === 'in' ? 'them' : 'us'
  return [{ ...found, level: isUsual ? 'warning' : found.level, params: { ...found.params, refusedBy } }]
}

const sideOf = (one: Heard): string => (one.direction === 'out' ? 'us' : 'them')
