import { createRandom, type Random } from '../../../db/demo/random.ts'

/** Where a run begins, and for how long it goes on: `npm run fuzz` sets both; inside `npm test` one short round is played. */
export const seed = Number(process.env['FUZZ_SEED'] ?? 8)
const minutes = Number(process.env['FUZZ_MINUTES'] ?? 0)
export const isLong = minutes > 0

/** How long a test that plays rounds may take. */
export const roundsMs = minutes * 60_000 + 120_000

/**
 * Plays round after round, each from a seed of its own, for as long as the run lasts; at least one.
 * What fails names the seed that plays it again.
 */
export async function everyRound(
  part: string,
  play: (random: Random, seed: number) => Promise<void> | void
): Promise<void> {
  const endMs = Date.now() + minutes * 60_000
  for (let round = seed; ; round += 1) {
    try {
      await play(createRandom(round), round)
    } catch (error) {
      const how = `npm run fuzz -- --seed ${round} --only ${part}`
      throw new Error(`${how}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    if (Date.now() >= endMs) return
  }
}
