import { asteriskPid } from '../pbx/chaos.ts'
import type { Random } from './random.ts'
import {
  dropPackets,
  fillDisk,
  type MachineClock,
  type NameServer,
  type OutsidePostgres
} from './surroundings.ts'
import type { Allowed } from './truth.ts'
import { controllerPid, type World } from './world.ts'

/** What of the surroundings is ours to break; null where this machine does not let us. */
export interface Surroundings {
  postgres: OutsidePostgres | null
  /** Packets can be dropped: this is a network of our own. */
  hasNetwork: boolean
  /** A small disk of our own, on which everything lies. */
  disk: string | null
  names: NameServer | null
  /** Of everything but SIPp, the receivers and this judge. */
  clock: MachineClock | null
}

export interface FaultContext {
  world: World
  around: Surroundings
  random: Random
  /** Lets the fault last. */
  last(): Promise<void>
}

export interface Fault extends Partial<Omit<Allowed, 'stoodSeconds' | 'burstSeconds' | 'clockMs'>> {
  name: string
  /** Seconds that it lasts. */
  lasts: [number, number]
  /** Asterisk stands still as long as it lasts. */
  stopsAsterisk?: true
  /** The wall clock is set, and set back: by one of these, in ms. */
  setsClockMs?: readonly number[]
  needs?: 'postgres' | 'hasNetwork' | 'disk' | 'names' | 'clock'
  /** Breaks it and mends it again. */
  play(context: FaultContext): Promise<void>
}

const hourMs = 3_600_000

export const faults: readonly Fault[] = [
  {
    name: 'controller-killed',
    lasts: [0.2, 9],
    // Who comes while nobody is there is served by the dialplan, and may give up.
    mayRefuse: true,
    overrunsRecordings: true,
    async play({ world, last }) {
      await world.instance.kill()
      await last()
      await world.instance.start()
    }
  },
  {
    name: 'controller-frozen',
    lasts: [2, 9],
    mayRefuse: true,
    overrunsRecordings: true,
    async play({ world, last }) {
      const pid = await controllerPid(world.instance)
      process.kill(pid, 'SIGSTOP')
      try {
        await last()
      } finally {
        process.kill(pid, 'SIGCONT')
      }
    }
  },
  {
    name: 'asterisk-killed',
    lasts: [0, 0],
    cutsTalks: true,
    mayRefuse: true,
    play: async ({ world }) => void process.kill(await asteriskPid(world.instance), 'SIGKILL')
  },
  {
    name: 'asterisk-frozen',
    lasts: [2, 7],
    stopsAsterisk: true,
    mayRefuse: true,
    async play({ world, last }) {
      const pid = await asteriskPid(world.instance)
      process.kill(pid, 'SIGSTOP')
      try {
        await last()
      } finally {
        process.kill(pid, 'SIGCONT')
      }
    }
  },
  {
    name: 'postgres-killed',
    lasts: [1, 15],
    needs: 'postgres',
    async play({ around, last }) {
      await around.postgres?.kill()
      await last()
      await around.postgres?.ensure()
    }
  },
  {
    name: 'postgres-frozen',
    lasts: [2, 15],
    needs: 'postgres',
    async play({ around, last }) {
      await around.postgres?.freeze()
      await last()
      around.postgres?.thaw()
    }
  },
  {
    name: 'postgres-unreachable',
    lasts: [6, 20],
    play: async ({ world, last }) => {
      world.pipes.postgres.swallow('both')
      await last()
      world.pipes.postgres.heal()
    }
  },
  {
    // It commits, and nobody is told: what is then written again must not stand there twice.
    name: 'postgres-answers-lost',
    // Longer than a commit may take, so that it is taken for lost.
    lasts: [6, 20],
    play: async ({ world, last }) => {
      world.pipes.postgres.swallow('answers')
      await last()
      world.pipes.postgres.heal()
    }
  },
  {
    name: 'ari-unreachable',
    lasts: [2, 9],
    needs: 'hasNetwork',
    mayRefuse: true,
    overrunsRecordings: true,
    async play({ world, random, last }) {
      const heal = await dropPackets(world.instance.ports.ari, random.pick(['both', 'answers']))
      await last()
      await heal()
    }
  },
  {
    name: 'ami-unreachable',
    lasts: [2, 12],
    needs: 'hasNetwork',
    async play({ world, random, last }) {
      const heal = await dropPackets(world.instance.ports.ami, random.pick(['both', 'answers']))
      await last()
      await heal()
    }
  },
  {
    // Below what new recordings need: they stop, calls do not.
    name: 'disk-low',
    lasts: [12, 16],
    needs: 'disk',
    mayLoseRecordings: true,
    async play({ around, last }) {
      const heal = await fillDisk(around.disk ?? '', 200 * 1024 ** 2)
      await last()
      await heal()
    }
  },
  {
    // Not a byte for anybody: not for recordings, not for PostgreSQL, not for the spool, not for Asterisk's log.
    name: 'disk-full',
    lasts: [4, 14],
    needs: 'disk',
    mayLoseRecordings: true,
    async play({ around, last }) {
      const heal = await fillDisk(around.disk ?? '', 0)
      await last()
      await heal()
      await around.postgres?.ensure()
    }
  },
  {
    name: 'receiver-hangs',
    lasts: [3, 10],
    async play({ world, random, last }) {
      const hook = random.pick(world.hooks)
      hook.answer(() => undefined)
      await last()
      hook.answer((_nth, response) => void response.writeHead(204).end())
    }
  },
  {
    name: 'names-slow',
    lasts: [5, 14],
    needs: 'names',
    async play({ around, random, last }) {
      around.names?.delay(random.pick([4000, 60_000]))
      await last()
      around.names?.delay(0)
    }
  },
  {
    // For Asterisk, PostgreSQL and the controller alike, in the same moment; and then it is set right again.
    name: 'clock-set',
    lasts: [6, 15],
    needs: 'clock',
    setsClockMs: [hourMs, -hourMs],
    // Asterisk measures the silence of a telephone by the wall clock (`rtp_timeout`).
    mayCut: true,
    async play({ around, random, last }) {
      await around.clock?.set(random.pick([hourMs, -hourMs]))
      await last()
      await around.clock?.set(0)
    }
  },
  {
    // Promise 2: for minutes, under load.
    name: 'postgres-away-for-minutes',
    lasts: [180, 200],
    needs: 'postgres',
    async play({ around, last }) {
      await around.postgres?.kill()
      await last()
      await around.postgres?.ensure()
    }
  },
  {
    name: 'panel-unreachable',
    lasts: [3, 14],
    async play({ world, random, last }) {
      world.pipes.panel.swallow(random.pick(['both', 'answers']))
      await last()
      world.pipes.panel.heal()
    }
  }
]

/** Whether this machine lets us. */
export const isPossible = ({ needs }: Fault, around: Surroundings): boolean =>
  needs === undefined || (around[needs] !== null && around[needs] !== false)
