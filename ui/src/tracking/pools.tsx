import './styles.ts'
import { Badge, Table, Text, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { NumberPool, PoolStates } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { ResourceForm } from '../settings/resource-form.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import settings from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
import { PoolPage } from './pool-page.tsx'
import { percent } from './percent.ts'
import { ruleSummary } from './rule-summary.ts'
import type { Site } from './sites.tsx'

/** How the pools do; asked again and again while somebody looks. */
export const usePoolStates = (isOn = true, everyMs = 15_000) =>
  useQuery({
    queryKey: ['pool-states'],
    queryFn: () => api<PoolStates>('GET', '/api/pool-states'),
    refetchInterval: everyMs,
    staleTime: 5000,
    enabled: isOn
  })

/** The pools, or one of them. */
export function PoolsSection() {
  const { id } = useParams()
  return id ? <PoolPage id={id} /> : <Pools />
}

function Pools() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const pools = useAll<NumberPool>('number-pools')
  const sites = useAll<Site>('sites')
  const states = usePoolStates()
  const [isAdding, setAdding] = useState(false)
  const stateOf = (id: string) => states.data?.items.find((one) => one.id === id)
  return (
    <section>
      <SectionHead
        title={t('tracking.pools.title')}
        text={t('tracking.pools.text')}
        addLabel={t('tracking.pools.add')}
        onAdd={() => setAdding(true)}
        things="number-pools"
      />
      <TableSheet
        query={pools}
        empty={t('tracking.pools.empty')}
        head={
          <>
            <Table.Th>{t('tracking.pools.one')}</Table.Th>
            <Table.Th>{t('tracking.pools.serves')}</Table.Th>
            <Table.Th>{t('tracking.pools.numbers')}</Table.Th>
            <Table.Th>
              <Tooltip label={t('tracking.pools.coverageHelp')}>
                <span>{t('tracking.pools.coverage')}</span>
              </Tooltip>
            </Table.Th>
            <Table.Th>{t('tracking.pools.unattributed')}</Table.Th>
          </>
        }
        row={(pool) => {
          const state = stateOf(pool.id)
          const to = `/settings/pools/${pool.id}`
          return (
            <Table.Tr
              key={pool.id}
              data-testid="number-pools-row"
              style={{ cursor: 'pointer' }}
              onClick={() => inBackground(navigate(to))}
            >
              <Table.Td>
                <Link to={to} className={settings.open ?? ''} style={{ textDecoration: 'none' }}>
                  {pool.name}
                </Link>
                <Text fz="xs" c="dimmed">
                  {sites.data?.find((site) => site.id === pool.siteId)?.name}
                </Text>
              </Table.Td>
              <Table.Td maw={300}>
                <Text fz="sm">{ruleSummary(pool.rule)}</Text>
                {!pool.isActive && (
                  <Badge color="gray" variant="light" tt="none">
                    {t('tracking.pools.off')}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td className="num">
                {pool.mode === 'static'
                  ? t('tracking.pools.static')
                  : state && t('tracking.pools.held', { held: state.held, numbers: state.numbers })}
              </Table.Td>
              <Table.Td>
                {pool.mode === 'dynamic' && percent(state?.dayCoverage ?? null)}{' '}
                {state?.isShort && (
                  <Badge color="amber" variant="light" tt="none">
                    {t('tracking.pools.short')}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                {state && state.calls > 0
                  ? t('tracking.pools.unattributedOf', {
                      share: percent(state.unattributed / state.calls),
                      calls: state.calls
                    })
                  : '–'}
              </Table.Td>
            </Table.Tr>
          )
        }}
      />
      {isAdding && (
        <ResourceForm
          title={t('tracking.pools.add')}
          path="/api/number-pools"
          id={null}
          fields={[
            { name: 'name', label: t('tracking.pool.name'), type: 'text', isRequired: true },
            {
              name: 'siteId',
              label: t('tracking.pool.site'),
              type: 'select',
              isRequired: true,
              options: (sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
            },
            {
              name: 'mode',
              label: t('tracking.pool.mode'),
              type: 'select',
              options: (['dynamic', 'static'] as const).map((value) => ({
                value,
                label: t(`tracking.pools.${value}`)
              }))
            }
          ]}
          initial={{ name: '', siteId: sites.data?.[0]?.id ?? null, mode: 'dynamic' }}
          toBody={(values) => ({
            ...values,
            groupName: sites.data?.find(({ id }) => id === values['siteId'])?.numberGroups[0]?.name ?? 'main'
          })}
          onClose={() => setAdding(false)}
          onSaved={(made) => inBackground(navigate(`/settings/pools/${(made as NumberPool).id}/rules`))}
        />
      )}
    </section>
  )
}
