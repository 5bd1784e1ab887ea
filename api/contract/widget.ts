import { z } from 'zod'
import { widgetSettings, type WidgetSettings } from '../../tracking/widget.ts'

export { widgetSettings, type WidgetSettings }

/** What the widget asks when it opens. Times are of the company's hours. */
export const widgetState = z.object({
  /** Somebody calls back at once. */
  isOpen: z.boolean(),
  /** An operator is free at this moment. */
  isAnyoneFree: z.boolean(),
  timeZone: z.string(),
  opensAt: z.iso.datetime().nullable(),
  /** When a call may be wished for, in the hours of the next days. */
  slots: z.array(z.iso.datetime()),
  /** Monday first: when the company works, `[from, to]`. */
  hours: z.array(z.array(z.tuple([z.string(), z.string()])))
})
export type WidgetState = z.infer<typeof widgetState>

/**
 * How a callback stands, for the visitor who ordered it. `waiting`: until `at`; `calling`: an operator is rung, then the
 * visitor; `noOperator`: waiting because nobody was free.
 */
export const callbackProgress = z.object({
  state: z.enum(['waiting', 'calling', 'talked', 'failed']),
  reason: z.enum(['noOperator', 'noAnswer', 'busy', 'later']).nullable(),
  at: z.iso.datetime().nullable(),
  timeZone: z.string()
})
export type CallbackProgress = z.infer<typeof callbackProgress>
