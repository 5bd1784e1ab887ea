import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** What is read when somebody asks. */
export interface MetricsSource {
  openCalls(): number
  spooledBatches(): number
  ariUp(): boolean
  routedNumbers(): number
  /** Calls at once by the company's limit; 0 for none. */
  callLimit(): number
}

/** Everything that is counted about calls; one registry for `/metrics`. */
export function createMetrics(read: MetricsSource) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]

  new Gauge({
    name: 'pbx_calls',
    help: 'Calls in progress',
    registers,
    collect() {
      this.set(read.openCalls())
    }
  })
  new Gauge({
    name: 'pbx_routed_numbers',
    help: 'Numbers in the routing picture that calls are routed by; it follows the database a moment later',
    registers,
    collect() {
      this.set(read.routedNumbers())
    }
  })
  new Gauge({
    name: 'pbx_call_limit',
    help: 'Calls at once by the limit that calls are met with now; 0 for none',
    registers,
    collect() {
      this.set(read.callLimit())
    }
  })
  new Gauge({
    name: 'tape_spooled_batches',
    help: 'Tape batches waiting for the database',
    registers,
    collect() {
      this.set(read.spooledBatches())
    }
  })
  new Gauge({
    name: 'ari_connected',
    help: '1 while events of Asterisk flow',
    registers,
    collect() {
      this.set(read.ariUp() ? 1 : 0)
    }
  })
  const steps = new Histogram({
    name: 'pbx_step_seconds',
    help: 'Time of one step of a call',
    registers,
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.02, 0.1]
  })
  const flushes = new Histogram({
    name: 'tape_flush_seconds',
    help: 'Time of one group commit',
    registers,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]
  })
  const rows = new Counter({ name: 'tape_rows_total', help: 'Rows written to the tape', registers })
  const ignored = new Counter({
    name: 'pbx_ignored_events_total',
    help: 'Events that came at a moment with no cell for them',
    labelNames: ['phase', 'event'],
    registers
  })
  const ended = new Counter({
    name: 'pbx_ended_calls_total',
    help: 'Ended calls',
    labelNames: ['outcome'],
    registers
  })
  const strangers = new Counter({
    name: 'sip_refused_total',
    help: 'SIP requests refused, by the kind of refusal',
    labelNames: ['kind'],
    registers
  })
  const ari = new Histogram({
    name: 'ari_request_seconds',
    help: 'Requests to Asterisk',
    labelNames: ['name', 'outcome'],
    registers,
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1]
  })
  const lostRecordings = new Counter({
    name: 'recordings_lost_total',
    help: 'Recordings whose audio was not found or could not be read',
    labelNames: ['state'],
    registers
  })

  const corrections = new Counter({
    name: 'pbx_operator_corrections_total',
    help: 'Operators who were held as busy without a reason, and were freed',
    labelNames: ['kind'],
    registers
  })

  const overloaded = new Counter({
    name: 'pbx_overloaded_calls_total',
    help: 'Calls that came when no more could be carried, by what they got',
    labelNames: ['answer'],
    registers
  })
  const level = new Gauge({
    name: 'pbx_overload_level',
    help: 'How late the exchange is: 0 in time, 1 new calls are turned away, 2 they are refused at once',
    registers
  })
  level.set(0)
  /** Times of requests since they were last taken; so many tell enough of a second. */
  let ariTimes: number[] = []

  return {
    registry,
    step: (seconds: number) => steps.observe(seconds),
    flush: (count: number, seconds: number) => {
      rows.inc(count)
      flushes.observe(seconds)
    },
    ignored: (phase: string, event: string) => ignored.inc({ phase, event }),
    ended: (outcome: string) => ended.inc({ outcome }),
    operatorCorrection: (kind: string) => corrections.inc({ kind }),
    stranger: (kind: string) => strangers.inc({ kind }),
    ari: (name: string, outcome: string, tookMs: number) => {
      if (ariTimes.length < 500) ariTimes.push(tookMs)
      ari.observe({ name, outcome }, tookMs / 1000)
    },
    /** Milliseconds of the requests to Asterisk since this was last asked. */
    takeAriTimes(): number[] {
      const taken = ariTimes
      ariTimes = []
      return taken
    },
    overloaded: (answer: string) => overloaded.inc({ answer }),
    overloadLevel: (name: 'normal' | 'high' | 'extreme') =>
      level.set(name === 'normal' ? 0 : name === 'high' ? 1 : 2),
    lostRecording: (state: string) => lostRecordings.inc({ state })
  }
}

export type Metrics = ReturnType<typeof createMetrics>
