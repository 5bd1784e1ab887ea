import type { LeaseMemory } from './memory.ts'

/** A change of the memory, as another process can repeat it. */
export type MemoryChange = {
  [Name in 'hold' | 'sign' | 'page']: { name: Name; given: Parameters<LeaseMemory[Name]> }
}['hold' | 'sign' | 'page']

/** Repeats what another process was told. */
export function repeat(memory: LeaseMemory, change: MemoryChange): void {
  if (change.name === 'hold') memory.hold(...change.given)
  else if (change.name === 'sign') memory.sign(...change.given)
  else memory.page(...change.given)
}

/** A memory that also tells of each change: visits are signed in one process, and calls attributed in another. */
export function telling(memory: LeaseMemory, tell: (change: MemoryChange) => void): LeaseMemory {
  return {
    get size() {
      return memory.size
    },
    called: (...given) => memory.called(...given),
    sourceOf: (...given) => memory.sourceOf(...given),
    hold(...given) {
      memory.hold(...given)
      tell({ name: 'hold', given })
    },
    sign(...given) {
      memory.sign(...given)
      tell({ name: 'sign', given })
    },
    page(...given) {
      memory.page(...given)
      tell({ name: 'page', given })
    }
  }
}
