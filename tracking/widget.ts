import { z } from 'zod'

/** What people read in the widget; null: our own words. */
const words = z.object({
  title: z.string().trim().min(1).max(80).nullable().default(null),
  text: z.string().trim().min(1).max(300).nullable().default(null),
  button: z.string().trim().min(1).max(40).nullable().default(null),
  /** Beside a box that must be ticked before the order goes out. */
  consent: z.string().trim().min(1).max(400).nullable().default(null)
})

/** The callback widget of a site. */
export const widgetSettings = z.object({
  isOn: z.boolean().default(false),
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #12695a')
    .default('#12695a'),
  side: z.enum(['left', 'right']).default('right'),
  /** After the page has loaded. */
  delaySeconds: z.number().int().min(0).max(600).default(3),
  /** Beginnings of paths, `*` for anything between; none: every page. */
  pages: z.array(z.string().trim().regex(/^[/*]/, 'must begin with / or *').max(300)).max(100).default([]),
  asksName: z.boolean().default(true),
  /** The visitor may choose when to be called. */
  asksTime: z.boolean().default(true),
  asksConsent: z.boolean().default(false),
  /** Where the words beside the box lead to. */
  consentUrl: z
    .string()
    .regex(/^https?:\/\/\S{3,500}$/, 'must be an address such as https://example.ru/privacy')
    .nullable()
    .default(null),
  ru: words.prefault({}),
  en: words.prefault({})
})
export type WidgetSettings = z.output<typeof widgetSettings>
