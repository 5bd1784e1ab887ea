import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowBackUp, IconFileUpload } from '@tabler/icons-react'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CostImport } from '../../../api/contract/costs.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import styles from './costs.module.css'
import { Empty } from './costs-page.tsx'
import { Connectors } from './connectors.tsx'
import { ImportWizard } from './import-wizard.tsx'
import { daysText, moneys } from './money.ts'
import { useDoing, useImports } from './queries.ts'

/** Every import that there was, also undone ones. */
export function ImportsList() {
  const { t } = useTranslation()
  const imports = useImports()
  const isNarrow = useMediaQuery('(max-width: 48em)')
  const [isImporting, setImporting] = useState(false)
  const rows = imports.data?.pages.flatMap((page) => page.items) ?? []
  const button = (
    <Button
      leftSection={<IconFileUpload size={16} />}
      onClick={() => setImporting(true)}
      data-testid="costs-import"
    >
      {t('costs.import')}
    </Button>
  )
  return (
    <>
      <Connectors />
      {rows.length > 0 && (
        <div className={styles.tools}>
          <span className={styles.push}>{button}</span>
        </div>
      )}
      <section className={`sheet ${styles.scroll}`}>
        {imports.isPending && (
          <Stack p="md" gap={14}>
            {[0, 1, 2].map((each) => (
              <Skeleton key={each} height={30} />
            ))}
          </Stack>
        )}
        {imports.isError && (
          <div className={styles.empty} role="alert">
            <Text mb="sm">{explain(imports.error)}</Text>
            <Button variant="default" onClick={() => inBackground(imports.refetch())}>
              {t('common.retry')}
            </Button>
          </div>
        )}
        {imports.isSuccess && rows.length === 0 && (
          <Empty title={t('costImports.emptyTitle')} text={t('costImports.emptyText')}>
            {button}
          </Empty>
        )}
        {rows.length > 0 && isNarrow && (
          <div className={styles.cards}>
            {rows.map((each) => (
              <ImportCard key={each.id} of={each} />
            ))}
          </div>
        )}
        {rows.length > 0 && !isNarrow && (
          <table className={styles.table} style={{ minWidth: 720 }}>
            <thead>
              <tr>
                <th>{t('costImports.what')}</th>
                <th>{t('costImports.days')}</th>
                <th className={styles.right}>{t('costImports.rows')}</th>
                <th className={styles.right}>{t('costImports.amount')}</th>
                <th>{t('costImports.who')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map((each) => (
                <ImportRow key={each.id} of={each} />
              ))}
            </tbody>
          </table>
        )}
        {imports.hasNextPage && (
          <div className={styles.more}>
            <Button variant="subtle" size="xs" onClick={() => inBackground(imports.fetchNextPage())}>
              {t('costs.more')}
            </Button>
          </div>
        )}
      </section>
      {isImporting && <ImportWizard onClose={() => setImporting(false)} />}
    </>
  )
}

/** What was imported, and from where. */
function What({ of }: { of: CostImport }) {
  const { t } = useTranslation()
  const isHand = of.origin === 'hand'
  const under = [
    isHand ? t('costImports.hand') : of.fileName === null ? null : of.label,
    of.replaced > 0 ? t('costImports.replaced', { count: of.replaced }) : null
  ]
  return (
    <>
      <span className={styles.wrap} style={{ fontWeight: 580 }}>
        {nameOf(of)}
      </span>
      <span className={styles.sub}>{under.filter(Boolean).join(' · ')}</span>
    </>
  )
}

const nameOf = (of: CostImport): string => of.fileName ?? of.label ?? of.origin
const at = (of: CostImport): string => dayjs(of.createdAt).format('D MMM YYYY, HH:mm')
const gone = (of: CostImport): string => (of.undoneAt === null ? '' : (styles.gone ?? ''))

function Undo({ of }: { of: CostImport }) {
  const { t } = useTranslation()
  const doing = useDoing()
  const name = nameOf(of)
  if (of.undoneAt !== null)
    return (
      <Text fz="sm" c="dimmed" component="span" px={10}>
        {t('costImports.undone')}
      </Text>
    )
  if (of.origin !== 'hand' && of.origin !== 'csv') return null
  return (
    <ConfirmButton
      text={t('costImports.undoText', { name })}
      confirm={t('costImports.undo')}
      onConfirm={() =>
        doing(() => api('POST', `/api/cost-imports/${of.id}/undo`), t('costImports.undoneToast'))
      }
    >
      {(ask) => (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={15} />}
          aria-label={t('costImports.undoOne', { name })}
          onClick={ask}
          data-testid="import-undo"
        >
          {t('costImports.undo')}
        </Button>
      )}
    </ConfirmButton>
  )
}

function ImportRow({ of }: { of: CostImport }) {
  const { i18n } = useTranslation()
  return (
    <tr className={gone(of)} data-testid="import-row">
      <td>
        <What of={of} />
      </td>
      <td className="num">{of.fromDay && of.toDay ? daysText(of.fromDay, of.toDay, i18n.language) : '–'}</td>
      <td className={styles.right}>{new Intl.NumberFormat(i18n.language).format(of.rows)}</td>
      <td className={styles.right}>{moneys(of.totals, i18n.language)}</td>
      <td>
        {of.createdBy?.name}
        <span className={styles.sub} style={{ display: 'block' }}>
          {at(of)}
        </span>
      </td>
      <td className={styles.actions}>
        <Undo of={of} />
      </td>
    </tr>
  )
}

/** The same on a phone. */
function ImportCard({ of }: { of: CostImport }) {
  const { t, i18n } = useTranslation()
  const facts = [
    of.fromDay && of.toDay && daysText(of.fromDay, of.toDay, i18n.language),
    t('costImport.lines', { count: of.rows })
  ]
  return (
    <div className={gone(of)} data-testid="import-row">
      <span>
        <What of={of} />
      </span>
      <span className="num" style={{ textAlign: 'right' }}>
        {moneys(of.totals, i18n.language)}
      </span>
      <span className={styles.sub}>
        {facts.filter(Boolean).join(' · ')}
        <br />
        {[of.createdBy?.name, at(of)].filter(Boolean).join(', ')}
      </span>
      <span style={{ alignSelf: 'end', textAlign: 'right' }}>
        <Undo of={of} />
      </span>
    </div>
  )
}
