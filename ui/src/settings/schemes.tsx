import { Badge, Button, Table } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import { withTexts } from '../i18n/index.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { SectionHead } from './section-head.tsx'
import styles from './settings.module.css'
import { TableSheet } from './table-sheet.tsx'

const NewSchemeDialog = lazy(withTexts(['schemes'], () => import('../schemes/new-scheme.tsx')))

/** All routing schemes; each opens in the editor. */
export function SchemesSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const schemes = useAll<SchemeRecord>('schemes')
  const [isAdding, setAdding] = useState(false)
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/schemes/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['all'] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <section>
      <SectionHead
        title={t('settings.schemes.title')}
        text={t('settings.schemes.text')}
        addLabel={t('settings.schemes.add')}
        onAdd={() => setAdding(true)}
        things="schemes"
      />
      <TableSheet
        query={schemes}
        empty={t('settings.empty')}
        head={
          <>
            <Table.Th>{t('settings.name')}</Table.Th>
            <Table.Th>{t('settings.schemes.version')}</Table.Th>
            <Table.Th>{t('settings.schemes.blocks')}</Table.Th>
            <Table.Th>{t('settings.state')}</Table.Th>
            <Table.Th>{t('settings.schemes.changed')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(each) => {
          const errors = each.problems.filter(({ severity }) => severity === 'error').length
          return (
            <Table.Tr
              key={each.id}
              data-testid="schemes-row"
              style={{ cursor: 'pointer' }}
              onClick={() => inBackground(navigate(`/schemes/${each.id}`))}
            >
              <Table.Td>
                <Link
                  to={`/schemes/${each.id}`}
                  className={styles.openLink ?? ''}
                  onClick={(event) => event.stopPropagation()}
                >
                  {each.name}
                </Link>
              </Table.Td>
              <Table.Td className="num">
                {each.publishedVersion ? `v${each.publishedVersion}` : t('settings.schemes.onlyDraft')}
              </Table.Td>
              <Table.Td className="num">{Object.keys(each.draft.blocks).length}</Table.Td>
              <Table.Td>
                <Badge
                  variant="light"
                  tt="none"
                  color={errors > 0 ? 'rust' : each.problems.length > 0 ? 'amber' : 'pine'}
                >
                  {each.problems.length === 0
                    ? t('settings.schemes.fine')
                    : t('settings.schemes.problemCount', { count: each.problems.length })}
                </Badge>
              </Table.Td>
              <Table.Td className="num">
                {dayOf(each.savedAt)}, {timeOfDay(each.savedAt)}
              </Table.Td>
              <Table.Td ta="right" onClick={(event) => event.stopPropagation()}>
                <ConfirmButton
                  text={t('common.removeText', { name: each.name })}
                  confirm={t('common.remove')}
                  onConfirm={() => remove.mutate(each.id)}
                >
                  {(ask) => (
                    <Button size="compact-xs" variant="subtle" color="gray" onClick={ask}>
                      {t('common.remove')}
                    </Button>
                  )}
                </ConfirmButton>
              </Table.Td>
            </Table.Tr>
          )
        }}
      />
      {isAdding && (
        <Suspense>
          <NewSchemeDialog onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </section>
  )
}
