import { Autocomplete, Select, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CostPreview } from '../../../api/contract/costs.ts'
import { useAll } from '../lib/lookups.ts'
import { inquiryChannels } from '../lib/words.ts'
import styles from './costs.module.css'
import type { Wishes } from './import-wizard.tsx'

const fields = [
  ...['day', 'source', 'medium', 'campaign', 'keyword', 'amount', 'currency', 'clicks', 'impressions', 'note']
] as NonNullable<CostPreview['columns'][number]>[]

/** What stands for the field of a column that is left out. */
const leftOut = '-'

interface Props {
  preview: CostPreview
  onChange: (changes: Wishes) => void
}

/** What each column of the file holds, above its first rows. */
export function ImportColumns({ preview, onChange }: Props) {
  const { t } = useTranslation()
  const { columns, headings, samples } = preview
  const choose = (index: number, value: string | null) => {
    // A field stands for one column: it leaves the one where it was.
    const next = columns.map((field, at) => (at === index ? value : field === value ? null : field))
    onChange({ columns: next.map((field) => field ?? leftOut).join(',') })
  }
  if (columns.length === 0) return null
  return (
    <section>
      <Text fw={600} fz="sm">
        {t('costImport.columns')}
      </Text>
      <Text c="dimmed" fz="xs" mb={6}>
        {t('costImport.columnsText')}
      </Text>
      <div className={styles.box}>
        <table className={`${styles.table} ${styles.columns}`} data-testid="import-columns">
          <thead>
            <tr>
              {columns.map((field, index) => {
                const name = headings[index] ?? ''
                const label = name === '' ? t('costImport.column', { number: index + 1 }) : name
                return (
                  <th key={index} className={styles.column}>
                    <span className={styles.wrap} style={{ marginBottom: 4 }}>
                      {label}
                    </span>
                    <Select
                      size="xs"
                      aria-label={label}
                      allowDeselect={false}
                      data={[
                        { value: leftOut, label: t('costImport.leaveOut') },
                        ...fields.map((value) => ({ value, label: t(`costImport.field.${value}`) }))
                      ]}
                      value={field ?? leftOut}
                      onChange={(value) => choose(index, value)}
                      data-left-out={field === null ? '' : undefined}
                      classNames={{ input: styles.holds ?? '' }}
                      data-testid={`import-column-${index}`}
                    />
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {samples.slice(0, 3).map((cells, row) => (
              <tr key={row}>
                {columns.map((_, index) => (
                  <td key={index}>
                    <span className="cut" style={{ display: 'block', maxWidth: 220 }}>
                      {cells[index]}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** What holds for all lines, where the file does not say it. */
export function ImportSettings({ preview, wishes, onChange }: Props & { wishes: Wishes }) {
  const { t } = useTranslation()
  const sites = useAll<{ id: string; name: string }>('sites')
  const own = useAll<{ id: string; name: string }>('sources')
  const { columns, defaults, separator } = preview
  return (
    <section>
      <Text fw={600} fz="sm" mb={6}>
        {t('costImport.settings')}
      </Text>
      <div className={styles.grid}>
        {!columns.includes('source') && (
          <Autocomplete
            size="xs"
            label={t('costForm.source')}
            data={[...new Set(['yandex', 'google', 'vk', ...(own.data ?? []).map(({ name }) => name)])]}
            limit={30}
            value={wishes.source ?? defaults.source}
            onChange={(source) => onChange({ source })}
            data-testid="import-source"
          />
        )}
        {!columns.includes('medium') && (
          <TextInput
            size="xs"
            label={t('costForm.medium')}
            value={wishes.medium ?? defaults.medium}
            onChange={(event) => onChange({ medium: event.currentTarget.value })}
          />
        )}
        {!columns.includes('campaign') && (
          <TextInput
            size="xs"
            label={t('costForm.campaign')}
            value={wishes.campaign ?? defaults.campaign}
            onChange={(event) => onChange({ campaign: event.currentTarget.value })}
          />
        )}
        {!columns.includes('currency') && (
          <Select
            size="xs"
            label={t('costForm.currency')}
            allowDeselect={false}
            data={[...new Set([defaults.currency, 'RUB', 'USD', 'EUR', 'KZT', 'BYN'])]}
            value={defaults.currency}
            onChange={(currency) => {
              if (currency) onChange({ currency })
            }}
          />
        )}
        <Select
          size="xs"
          label={t('costForm.inquiryChannel')}
          allowDeselect={false}
          data={inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))}
          value={wishes.inquiryChannel ?? 'paid'}
          onChange={(inquiryChannel) => {
            if (inquiryChannel) onChange({ inquiryChannel })
          }}
        />
        <Select
          size="xs"
          label={t('costForm.site')}
          clearable
          placeholder={t('costs.noSite')}
          data={(sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={wishes.siteId || null}
          onChange={(siteId) => onChange({ siteId: siteId ?? '' })}
        />
        <Select
          size="xs"
          label={t('costImport.separator')}
          allowDeselect={false}
          data={(['comma', 'semicolon', 'tab'] as const).map((value) => ({
            value,
            label: t(`costImport.separators.${value}`)
          }))}
          value={separator}
          onChange={(value) => {
            // Other columns come of it: what was said of the old ones does not hold.
            if (value) onChange({ separator: value, columns: undefined })
          }}
        />
        <Select
          size="xs"
          label={t('costImport.decimal')}
          allowDeselect={false}
          data={(['auto', 'comma', 'point'] as const).map((value) => ({
            value,
            label: t(`costImport.decimals.${value}`)
          }))}
          value={wishes.decimal ?? 'auto'}
          onChange={(decimal) => {
            if (decimal) onChange({ decimal })
          }}
          data-testid="import-decimal"
        />
      </div>
    </section>
  )
}
