import { Text } from '@mantine/core'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { AddressVerdict } from '../../../api/contract/track.ts'
import type en from '../i18n/en.ts'
import styles from './tracking.module.css'
import { Verdict } from './verdict.tsx'

/** What the snippet told from the page that it was tried on; see `tracking/snippet/debug-report.ts`. */
export interface Report {
  verdict: AddressVerdict | null
  numbers: { group: string; formatted: string; kind: string }[]
  found: {
    text: string
    where: string
    group: string
    what: 'swapped' | 'skipped' | 'waiting'
    why: string
  }[]
  faults: string[]
}
type Words = typeof en.tracking.check

const colours = { swapped: 'var(--rt-brand)', skipped: 'dimmed', waiting: 'var(--rt-lost)' }

/** The list beside a page that is tried out. */
export function ReportList({ report }: { report: Report }) {
  const { t } = useTranslation()
  const { verdict, numbers, found, faults } = report
  const why = (reason: string): string =>
    i18next.exists(`tracking.check.why.${reason}`)
      ? t(`tracking.check.why.${reason as keyof Words['why']}`)
      : reason
  const kind = (name: string): string =>
    i18next.exists(`tracking.check.number.${name}`)
      ? t(`tracking.check.number.${name as keyof Words['number']}`)
      : name
  return (
    <div data-testid="report">
      {verdict && <Verdict verdict={verdict} />}
      <div style={{ marginTop: 12 }}>
        <span className="eyebrow">{t('tracking.check.shown')}</span>
        {numbers.length === 0 && <Text fz="sm">{t('tracking.check.noneShown')}</Text>}
        <ul className={styles.verdicts}>
          {numbers.map((number) => (
            <li key={number.group}>
              <Text fz="sm">
                {number.group}: <b className="num">{number.formatted}</b> — {kind(number.kind)}
              </Text>
            </li>
          ))}
        </ul>
      </div>
      <div style={{ marginTop: 12 }}>
        <span className="eyebrow">{t('tracking.check.found')}</span>
        {found.length === 0 && <Text fz="sm">{t('tracking.check.nothing')}</Text>}
        <ul className={styles.verdicts}>
          {found.map((one, at) => (
            <li key={at}>
              <Text fz="sm">
                {one.text} <code>{one.where}</code>{' '}
                <Text span c={colours[one.what]} fw={580}>
                  {t(`tracking.check.what.${one.what}`)}
                </Text>
                {one.why && ` (${why(one.why)})`}
              </Text>
            </li>
          ))}
        </ul>
      </div>
      {faults.length > 0 && (
        <div style={{ marginTop: 12 }}>
          <span className="eyebrow">{t('tracking.check.faults')}</span>
          {faults.map((fault) => {
            const [path = '', status = ''] = fault.split(' ')
            return (
              <Text key={fault} fz="sm" c="var(--rt-lost)">
                {t('tracking.check.fault', { path, status })}
              </Text>
            )
          })}
        </div>
      )}
    </div>
  )
}
