import { Select, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ClientImport, ClientImportPreview } from '../../../api/contract/client-imports.ts'
import styles from './imports.module.css'

/** What each column of the file holds, with what stands in its first rows. */
export function Columns({
  item,
  seen,
  columns,
  onChange
}: {
  item: ClientImport
  seen: ClientImportPreview | undefined
  columns: readonly (string | null)[]
  onChange: (columns: (string | null)[]) => void
}) {
  const { t } = useTranslation()
  const fields = seen?.fields ?? []
  return (
    <section className={`sheet ${styles.card}`} aria-label={t('clientImports.columns')}>
      <Text fw={600}>{t('clientImports.columns')}</Text>
      <div className={styles.columns}>
        {item.headings.map((heading, index) => (
          <div key={index}>
            <Select
              size="xs"
              label={heading || t('clientImports.column', { number: index + 1 })}
              placeholder={t('clientImports.leftOut')}
              data={fields
                .filter(({ name, isMany }) => isMany || columns[index] === name || !columns.includes(name))
                .map(({ name, heading: label }) => ({ value: name, label }))}
              value={columns[index] ?? null}
              onChange={(value) => onChange(columns.map((each, i) => (i === index ? value : each)))}
              clearable
              searchable
            />
            <div className={styles.sample}>
              {(seen?.samples ?? [])
                .map(({ cells }) => cells[index] ?? '')
                .filter((cell) => cell !== '')
                .join(' · ')}
            </div>
          </div>
        ))}
      </div>
    </section>
  )
}
