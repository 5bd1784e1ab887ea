import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CostPreview } from '../../../api/contract/costs.ts'
import styles from './costs.module.css'
import { dayText, money } from './money.ts'

/** The first lines as they would be kept. */
export function PreviewRows({ preview }: { preview: CostPreview }) {
  const { t, i18n } = useTranslation()
  const { rows } = preview
  const has = (field: 'keyword' | 'clicks' | 'impressions') =>
    rows.some((row) => row[field] !== null && row[field] !== '')
  const whole = (value: number | null) =>
    value === null ? '–' : new Intl.NumberFormat(i18n.language).format(value)
  return (
    <section>
      <Text fw={600} fz="sm" mb={6}>
        {t('costImport.preview')}
        <Text component="span" c="dimmed" fz="xs" ml={8}>
          {t('costImport.previewFirst', { count: rows.length })}
        </Text>
      </Text>
      <div
        className={`${styles.box} ${styles.preview}`}
        tabIndex={0}
        role="region"
        aria-label={t('costImport.preview')}
      >
        <table className={styles.table} data-testid="import-preview">
          <thead>
            <tr>
              <th>{t('costs.day')}</th>
              <th>{t('costs.source')}</th>
              <th>{t('costs.campaign')}</th>
              {has('keyword') && <th>{t('costForm.keyword')}</th>}
              {has('impressions') && <th className={styles.right}>{t('costs.impressions')}</th>}
              {has('clicks') && <th className={styles.right}>{t('costs.clicks')}</th>}
              <th className={styles.right}>{t('costs.amount')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.line}>
                <td className="num">{dayText(row.day)}</td>
                <td>
                  {row.source}
                  {row.medium && <span className={styles.sub}> / {row.medium}</span>}
                </td>
                <td>
                  <span className={styles.wrap}>{row.campaign}</span>
                </td>
                {has('keyword') && (
                  <td>
                    <span className={styles.wrap}>{row.keyword}</span>
                  </td>
                )}
                {has('impressions') && <td className={styles.right}>{whole(row.impressions)}</td>}
                {has('clicks') && <td className={styles.right}>{whole(row.clicks)}</td>}
                <td className={styles.right}>{money(row.amount, row.currency, i18n.language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** Every fault, with its line. */
export function Problems({ preview }: { preview: CostPreview }) {
  const { t } = useTranslation()
  const { problems, problemCount } = preview
  const more = problemCount - problems.length
  return (
    <Alert
      color="rust"
      title={t('costImport.problems', { count: problemCount })}
      role="alert"
      data-testid="import-problems"
    >
      <ul className={styles.problems} tabIndex={0}>
        {problems.map(({ line, field, code, value }, index) => {
          const isWhole = code.startsWith('no')
          return (
            <li key={index}>
              {!isWhole && <b className="num">{t('costImport.problemLine', { line })}: </b>}
              {field && !isWhole && `${t(`costImport.field.${field}`)}: `}
              {t(`costImport.problem.${code}`)}
              {value !== null && ` (${value})`}
            </li>
          )
        })}
        {more > 0 && <li>{t('costImport.moreProblems', { count: more })}</li>}
      </ul>
      <Text fz="sm" mt={8}>
        {t('costImport.problemsText')}
      </Text>
    </Alert>
  )
}
