import { Badge, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { NumberPool, PoolOccupancy } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import settings from '../settings/settings.module.css'

const everyMs = 5000
const colours = { held: 'pine', quarantine: 'amber', free: 'gray' } as const

/** Who holds each number now; refreshed while it is looked at. */
export function PoolNow({ pool }: { pool: NumberPool }) {
  const { t } = useTranslation()
  const now = useQuery({
    queryKey: ['pool-occupancy', pool.id],
    queryFn: () => api<PoolOccupancy>('GET', `/api/number-pools/${pool.id}/occupancy`),
    refetchInterval: everyMs,
    staleTime: 0
  })
  if (pool.mode === 'static') return <Text c="dimmed">{t('tracking.now.static')}</Text>
  if (now.isPending) return <Skeleton height={240} radius="lg" />
  if (now.isError && !now.data) return <Text>{explain(now.error)}</Text>
  const numbers = now.data?.numbers ?? []
  if (numbers.length === 0) return <Text c="dimmed">{t('tracking.now.empty')}</Text>
  const clock = (at: string | null): string =>
    at === null
      ? ''
      : new Date(at).toLocaleTimeString(i18next.language, {
          hour: '2-digit',
          minute: '2-digit',
          second: '2-digit'
        })
  return (
    <>
      <Text c="dimmed" fz="sm" mb="xs">
        {t('tracking.now.text')}
      </Text>
      <div className={`sheet ${settings.tableSheet}`}>
        <Table verticalSpacing={7} horizontalSpacing="md" data-testid="occupancy">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('tracking.now.number')}</Table.Th>
              <Table.Th>{t('settings.state')}</Table.Th>
              <Table.Th>{t('tracking.now.since')}</Table.Th>
              <Table.Th>{t('tracking.now.until')}</Table.Th>
              <Table.Th>{t('tracking.now.who')}</Table.Th>
              <Table.Th>{t('tracking.now.page')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {numbers.map((number) => (
              <Table.Tr key={number.numberId}>
                <Table.Td className="num">{formatPhone(number.e164)}</Table.Td>
                <Table.Td>
                  <Badge color={colours[number.state]} variant="light" tt="none">
                    {t(`tracking.now.state.${number.state}`)}
                  </Badge>
                </Table.Td>
                <Table.Td className="num">{clock(number.since)}</Table.Td>
                <Table.Td className="num">{clock(number.until)}</Table.Td>
                <Table.Td>{[number.source, number.campaign].filter(Boolean).join(' / ')}</Table.Td>
                <Table.Td maw={260} className="cut" title={number.pageUrl ?? ''}>
                  {number.pageUrl?.replace(/^https?:\/\//, '')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  )
}
