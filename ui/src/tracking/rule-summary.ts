import i18next from 'i18next'
import type { NumberPool } from '../../../api/contract/track.ts'

const kinds = ['campaigns', 'sources', 'channels', 'zones', 'pages'] as const

const quoted = (value: string): string => (i18next.language === 'ru' ? `«${value}»` : `“${value}”`)

/** A pool's rule as a sentence. */
export function ruleSummary(rule: NumberPool['rule']): string {
  const t = i18next.t
  const parts = kinds.flatMap((kind) => {
    const values = rule[kind].map((value) =>
      kind === 'channels'
        ? t(`inquiryChannel.${value as NumberPool['rule']['channels'][number]}`)
        : quoted(value)
    )
    return values.length === 0
      ? []
      : [t(`tracking.pools.summary.${kind}`, { values: values.join(t('tracking.pools.summary.or')) })]
  })
  return parts.length === 0
    ? t('tracking.pools.everybody')
    : t('tracking.pools.summary.start', { parts: parts.join(t('tracking.pools.summary.and')) })
}
