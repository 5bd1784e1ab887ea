import { z } from 'zod'
import { hoursSettings, timeZone } from '../../dialling/policy/hours.ts'
import { id, isoTime, patchOf } from './common.ts'

const { hours } = hoursSettings.shape
const week = hours.removeDefault()
const day = z.object({
  date: z.iso.date({ error: 'must be a date such as 2026-01-01' }),
  name: z.string().trim().max(100).default(''),
  /** None: closed the whole day. */
  hours: week.shape.mon
})
const days = z
  .array(day)
  .max(400)
  .refine((all) => new Set(all.map(({ date }) => date)).size === all.length, {
    error: 'must name each day once'
  })
const name = z.string().trim().min(1).max(100)
const override = z.object({
  isOpen: z.boolean(),
  /** Null: until somebody says otherwise. */
  until: isoTime.nullable().default(null),
  note: z.string().trim().max(200).nullable().default(null)
})

/** Hours that schemes share: blocks name them by id. */
export const schedule = z.object({
  id,
  name,
  /** Null: that of the company. */
  timeZone: z.string().nullable(),
  /** By which clock it goes. */
  ownTimeZone: z.string(),
  hours: week,
  days: z.array(day),
  override: override.nullable(),
  isOpen: z.boolean(),
  /** When it opens next, now included; null for never within two years. */
  opensAt: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const scheduleCreate = z.object({
  name,
  timeZone: timeZone.nullable().default(null),
  hours,
  days: days.default([]),
  override: override.nullable().default(null)
})
export const schedulePatch = patchOf(scheduleCreate)

export const holidayQuery = z.object({
  country: z.enum(['RU']).default('RU'),
  year: z.coerce.number().int().min(2024).max(2100)
})
export const holidayList = z.object({
  items: z.array(z.object({ date: z.iso.date(), name: z.string(), nameEn: z.string() })),
  /** The year's own transfers of days off are in it; without them only what the law says for every year. */
  isComplete: z.boolean()
})

export type Schedule = z.infer<typeof schedule>
export type HolidayList = z.infer<typeof holidayList>
