import type { CostRow } from './core/read.ts'

/** What an advertising system says was paid. Its clicks and amounts may change for some days after. */
export interface CostConnector {
  /** Stable: costs are kept under it. Neither `csv` nor `hand`. */
  readonly name: string
  /** For people; else the name. */
  readonly label?: string
  /** Of the path that its costs stand for. */
  readonly inquiryChannel: string
  /**
   * All costs of these days, both ISO and included: whatever is not among them is taken for zero.
   * @throws Error with a message for people when they cannot be had; then nothing is changed
   */
  fetch(fromDay: string, toDay: string): Promise<readonly CostRow[]>
}
