import { lookup } from 'node:dns/promises'
import { explain } from './explain.ts'
import { testSteps, type Finding, type StepState, type TestProblem, type TestStep } from './findings.ts'
import type { Store } from './store.ts'
import type { SipCopy, TraceTrunk } from './types.ts'

/** A test of a trunk, as far as it has come. */
export interface TrunkTest {
  readonly trunkId: string
  readonly startedMs: number
  endedMs: number | null
  state: 'running' | 'passed' | 'failed'
  readonly steps: Record<TestStep, StepState>
  problem: { code: TestProblem; detail: string } | null
  /** Where the host's name leads. */
  addresses: string[]
  messages: SipCopy[]
}

export interface TestPorts {
  store: Store
  ami: {
    readonly isUp: boolean
    qualify(endpoint: string): Promise<boolean>
    registerNow(registration: string): Promise<boolean>
  }
  /** Whether Asterisk has the trunk as it was saved last. */
  isCurrent(trunkId: string): Promise<boolean>
  /** What Asterisk refused of this trunk's settings; null when nothing. */
  refusedOf(trunk: TraceTrunk): string | null
  resolve?: (host: string) => Promise<string[]>
  nowMs?: () => number
  timeoutMs?: number
}

/** An OPTIONS goes on for 32 s by itself; nobody looks on for so long. */
const testTimeoutMs = 10_000
/** A trunk that was just saved comes to Asterisk within this. */
const provisionMs = 5000
const retryMs = 200
/** Clocks of both sides are the same one, but one rounds. */
const slackMs = 5

/**
 * Has Asterisk ask a carrier whether it is there, and register anew; `test` tells how it goes while it runs. Never
 * rejects for what the carrier, the network or Asterisk does: that is what it finds out.
 */
export async function runTrunkTest(trunk: TraceTrunk, test: TrunkTest, ports: TestPorts): Promise<void> {
  const { store, ami } = ports
  const nowMs = ports.nowMs ?? Date.now
  const deadline = test.startedMs + (ports.timeoutMs ?? testTimeoutMs)
  const { steps } = test
  const registers = trunk.kind === 'registration' && trunk.username !== null
  if (!registers) steps.register = 'skipped'

  function end(problem: TrunkTest['problem'] = null): void {
    test.problem = problem
    for (const name of testSteps) {
      if (steps[name] === 'running') steps[name] = 'failed'
      if (steps[name] === 'waiting') steps[name] = 'skipped'
    }
    const isGood = problem === null && (registers ? steps.register === 'done' : steps.options === 'done')
    test.state = isGood ? 'passed' : 'failed'
    test.endedMs = nowMs()
  }

  steps.settings = 'running'
  if (!trunk.isActive) return end({ code: 'inactive', detail: '' })
  if (!ami.isUp) return end({ code: 'exchange_down', detail: '' })
  steps.address = 'running'
  try {
    test.addresses = await (ports.resolve ?? addressesOf)(trunk.host)
  } catch (error) {
    steps.settings = 'done'
    return end({ code: 'dns_failed', detail: (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND' })
  }
  steps.address = 'done'
  const isOfOptions = (copy: SipCopy): boolean =>
    copy.method === 'OPTIONS' && test.addresses.some((address) => copy.remote === `${address}:${trunk.port}`)
  // In Asterisk the registration has its own AOR; two trunks with one login at one host share their ladder.
  const isFresh = (copy: SipCopy): boolean => copy.atMs >= test.startedMs - slackMs
  const gather = (): SipCopy[] => {
    const options = store.options().flatMap(({ messages }) => messages.filter(isOfOptions))
    const own = registers ? registrationOf(store, trunk).flatMap(({ messages }) => messages) : []
    return [...options, ...own].filter(isFresh).sort((a, b) => a.atMs - b.atMs)
  }

  const notThere = (): void => end({ code: 'not_in_asterisk', detail: ports.refusedOf(trunk) ?? '' })
  const byMs = Math.min(deadline, nowMs() + provisionMs)
  const isThere = await asked(() => ports.isCurrent(trunk.id), byMs, nowMs)
  if (!isThere || ports.refusedOf(trunk) !== null) return notThere()
  if (!(await asked(() => ami.qualify(trunk.endpoint), byMs, nowMs))) return notThere()
  steps.settings = 'done'
  steps.options = 'running'
  if (registers) {
    steps.register = 'running'
    if (!(await asked(() => ami.registerNow(trunk.endpoint), byMs, nowMs))) return notThere()
  }

  await new Promise<void>((resolve) => {
    let settle: NodeJS.Timeout | undefined
    const look = (): void => {
      test.messages = gather()
      const findings = explain(test.messages, nowMs())
      steps.options = stateOf(findings, 'OPTIONS')
      if (registers) steps.register = stateOf(findings, 'REGISTER')
      clearTimeout(settle)
      const left = deadline - nowMs()
      const isOver = [steps.options, steps.register].every((state) => state !== 'running')
      if (isOver || left <= 0) {
        off()
        resolve()
        // A challenge that is never answered, and silence, show by what does not come.
      } else settle = setTimeout(look, Math.min(left, 500))
    }
    const off = store.onAdded((dialog) => {
      if (dialog.kind !== 'call') look()
    })
    look()
  })
  end(test.messages.length === 0 ? { code: 'nothing_sent', detail: test.addresses.join(', ') } : null)
}

function stateOf(findings: readonly Finding[], method: 'OPTIONS' | 'REGISTER'): StepState {
  const found = findings.find(
    ({ code, params }) => params['method'] === method || (method === 'REGISTER' && code === 'registered')
  )
  if (!found) return 'running'
  return found.level === 'good' ? 'done' : 'failed'
}

/** Dialogs in which a trunk registers: the login and the host of its From are its own. The last first. */
export function registrationOf(store: Store, trunk: TraceTrunk): ReturnType<Store['registers']> {
  const host = trunk.host.toLowerCase()
  return store
    .registers()
    .filter(({ first }) => first.user === trunk.username && first.host.toLowerCase() === host)
}

/** Asks until it is done: what was just saved needs a moment. */
async function asked(ask: () => Promise<boolean>, untilMs: number, nowMs: () => number): Promise<boolean> {
  for (;;) {
    if (await ask()) return true
    if (nowMs() >= untilMs) return false
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
