import { useTranslation } from 'react-i18next'
import type { CostTotals } from '../../../api/contract/costs.ts'
import styles from './costs.module.css'
import { money, monthText } from './money.ts'

/** Money by source and month; a press on a source leaves only its costs. */
export function Totals({
  totals,
  chosen,
  onChoose
}: {
  totals: CostTotals
  chosen: string
  onChoose: (source: string) => void
}) {
  const { t, i18n } = useTranslation()
  const { months, rows, amounts, total, currency } = totals
  const show = (amount: number) => (amount === 0 ? '–' : money(Math.round(amount), currency, i18n.language))
  const hasMonths = months.length > 1
  return (
    <section aria-label={t('costs.bySource')}>
      <div className={`sheet ${styles.scroll}`}>
        <table className={styles.table} data-testid="cost-totals">
          <thead>
            <tr>
              <th className={styles.sticky}>{t('costs.source')}</th>
              {hasMonths &&
                months.map((month) => (
                  <th key={month} className={styles.right}>
                    {monthText(month)}
                  </th>
                ))}
              <th className={styles.right}>{t('costs.total')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={`${row.source}\u0000${row.medium}`}
                data-chosen={row.source === chosen ? '' : undefined}
              >
                <td className={styles.sticky}>
                  <button
                    type="button"
                    className={styles.name}
                    aria-pressed={row.source === chosen}
                    title={t('costs.onlySource', { source: row.source })}
                    onClick={() => onChoose(row.source)}
                  >
                    {row.source}
                  </button>
                  {row.medium && <span className={styles.sub}> / {row.medium}</span>}
                  {row.uncounted > 0 && <span className={styles.sub}> · {t('costs.uncountedTag')}</span>}
                </td>
                {hasMonths &&
                  row.amounts.map((amount, index) => (
                    <td key={months[index]} className={styles.right}>
                      {show(amount)}
                    </td>
                  ))}
                <td className={styles.right}>{show(row.total)}</td>
              </tr>
            ))}
          </tbody>
          {rows.length > 1 && (
            <tfoot>
              <tr>
                <th className={styles.sticky} scope="row">
                  {t('costs.total')}
                </th>
                {hasMonths &&
                  amounts.map((amount, index) => (
                    <td key={months[index]} className={styles.right}>
                      {show(amount)}
                    </td>
                  ))}
                <td className={styles.right}>{show(total)}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  )
}
