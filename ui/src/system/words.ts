import i18next from 'i18next'
import { fullTime } from '../lib/format.ts'

/** Bytes as people read them. */
export function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const power = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  const value = bytes / 1024 ** power
  return new Intl.NumberFormat(i18next.language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1
  }).format(value)
}

/** The figures of a check as they stand in its sentence. */
export function figures(values: Readonly<Record<string, string | number>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'string') return [name, value]
      if (['free', 'total', 'perDay'].includes(name)) return [name, size(value)]
      return [name, name === 'at' ? fullTime(new Date(value).toISOString()) : value]
    })
  )
}
