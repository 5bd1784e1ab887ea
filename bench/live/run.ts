import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { watchNeighbours } from '../calls/cpu.ts'
import { print, row } from '../reports/table.ts'
import { answerOf, startCompany } from './company.ts'
import type { ClientsHeard, Played } from './messages.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    /** Of calls; each is about nineteen rows. */
    'starts-per-second': { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' }
  }
})
const clients = Number(values.clients)
const order = { startsPerSecond: Number(values['starts-per-second']), seconds: Number(values.seconds) }
const budgetMs = 50

function report(played: Played, heard: ClientsHeard, neighbours: number): boolean {
  const waits: number[] = []
  for (const [index, seqs] of heard.seqs.entries())
    for (const [place, seq] of seqs.entries()) {
      const from = played.rowAtMs[seq] ?? 0
      if (from > 0) waits.push((heard.atMs[index]?.[place] ?? 0) - from)
    }
  waits.sort((a, b) => a - b)
  const at = (share: number): number =>
    waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? NaN
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  const share = (cpuMs: number): string => `${Math.round((cpuMs / played.tookMs) * 100)} % of a core`
  const lengths = heard.seqs.map((seqs) => seqs.length)
  const most = Math.max(...lengths)
  const behind = lengths.filter((each) => each < most).length
  // Nobody watches in silence here, so every panel is told the same.
  const isWhole = heard.misplaced === 0 && behind === 0 && waits.length > 0
  print(`Live panel: ${clients} connections, ${order.startsPerSecond} calls a second`, [
    row('calls, rows of their tapes', `${played.calls}, ${played.rows}`, null),
    row('events that a panel was told', String(most), null),
    row('panels that were told less than others', String(behind), { value: behind, most: 0 }),
    row('events out of order or twice', String(heard.misplaced), { value: heard.misplaced, most: 0 }),
    row('row of the tape → panel, p50', ms(at(0.5)), null),
    row('row of the tape → panel, p95', ms(at(0.95)), { value: at(0.95), most: budgetMs }),
    row('row of the tape → panel, p99', ms(at(0.99)), null),
    row('row of the tape → panel, longest', ms(waits.at(-1) ?? NaN), null),
    row('the server’s CPU', share(played.cpuMs), null),
    row('the CPU of all panels, in one process', share(heard.cpuMs), null),
    row('the machine’s CPU that others used', `${Math.round(neighbours * 100)} %`, null)
  ])
  return isWhole && at(0.95) <= budgetMs
}

// One in ten is a supervisor, who sees more.
const logins = Array.from({ length: clients }, (_, n) => ({
  login: `panel${n}`,
  role: n % 10 === 9 ? ('supervisor' as const) : ('operator' as const)
}))
const company = await startCompany(logins)
try {
  const panels = await company.start('clients.ts')
  const cookies: string[] = []
  for (const { login } of logins) cookies.push(await company.signIn(login))
  panels.send({ url: company.url, cookies })
  await answerOf(panels)
  const stop = watchNeighbours()
  company.server.send(order)
  const played = (await answerOf(company.server)) as Played
  // What is still on its way.
  await delay(500)
  const neighbours = stop()
  panels.send('end')
  const heard = (await answerOf(panels)) as ClientsHeard
  if (!report(played, heard, neighbours)) process.exitCode = 1
} finally {
  await company.close()
}
