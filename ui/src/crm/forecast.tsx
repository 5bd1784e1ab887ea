import { Alert, Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Forecast } from '../../../api/contract/deal-parts.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import parts from './deal-parts.module.css'
import styles from './deals.module.css'
import { money, monthText } from './money.ts'
import { useForecast, type Filter } from './queries.ts'

type Month = Forecast['months'][number]

function Figures({ row, currency }: { row: Omit<Month, 'month' | 'people'>; currency: string }) {
  return (
    <>
      <Table.Td ta="right" className="num">
        {row.deals}
      </Table.Td>
      <Table.Td ta="right" className="num">
        {money(row.amount, currency)}
      </Table.Td>
      <Table.Td ta="right" className="num" fw={620}>
        {money(row.weighted, currency)}
      </Table.Td>
      <Table.Td ta="right" className="num">
        {row.won === 0 ? '–' : money(row.won, currency)}
      </Table.Td>
    </>
  )
}

/** What is to be expected of the open deals, by month and by whose they are. */
export function ForecastView({ filter }: { filter: Filter }) {
  const { t } = useTranslation()
  const { pipelineId, mine, responsibleId } = filter
  const forecast = useForecast({ pipelineId, mine, responsibleId })
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  if (forecast.isPending) return <Skeleton height={280} radius="lg" />
  if (forecast.isError)
    return (
      <Stack align="center" p="lg" className="sheet">
        <Text>{explain(forecast.error)}</Text>
        <Button variant="default" onClick={() => inBackground(forecast.refetch())}>
          {t('common.retry')}
        </Button>
      </Stack>
    )
  const { months, currency, missingRates } = forecast.data
  const most = Math.max(1, ...months.map(({ weighted, won }) => weighted + won))
  if (months.every(({ deals, won }) => deals === 0 && won === 0))
    return (
      <Text className="sheet" c="dimmed" ta="center" p="xl" data-testid="forecast">
        {t('crm.forecast.empty')}
      </Text>
    )
  return (
    <section className="sheet" style={{ overflowX: 'auto' }} data-testid="forecast">
      {missingRates.length > 0 && (
        <Alert color="amber" m="md">
          {t('crm.forecast.missing', { list: missingRates.join(', ') })}
        </Alert>
      )}
      <Table verticalSpacing={8} horizontalSpacing="md" miw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={230}>{t('crm.forecast.month')}</Table.Th>
            <Table.Th ta="right">{t('crm.deals')}</Table.Th>
            <Table.Th ta="right">{t('crm.deal.amount')}</Table.Th>
            <Table.Th ta="right">{t('crm.forecast.weighted')}</Table.Th>
            <Table.Th ta="right">{t('crm.forecast.won')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {months.map((row) => {
            const key = row.month ?? 'none'
            const isOpen = open.has(key)
            return [
              <Table.Tr key={key} data-testid="forecast-month">
                <Table.Td>
                  <button
                    type="button"
                    className={styles.cardTitle}
                    aria-expanded={isOpen}
                    disabled={row.people.length === 0}
                    onClick={() => {
                      const next = new Set(open)
                      if (!next.delete(key)) next.add(key)
                      setOpen(next)
                    }}
                  >
                    {row.people.length > 0 && (isOpen ? '▾ ' : '▸ ')}
                    {row.month === null ? t('crm.forecast.noMonth') : monthText(row.month)}
                  </button>
                  <div className={parts.bar} aria-hidden style={{ marginTop: 4 }}>
                    <span style={{ width: `${((row.weighted + row.won) / most) * 100}%` }} />
                  </div>
                </Table.Td>
                <Figures row={row} currency={currency} />
              </Table.Tr>,
              ...(isOpen
                ? row.people.map((own) => (
                    <Table.Tr key={`${key}-${own.person?.id ?? 'nobody'}`}>
                      <Table.Td pl={36} c="dimmed">
                        {own.person?.name ?? t('crm.nobody')}
                      </Table.Td>
                      <Figures row={own} currency={currency} />
                    </Table.Tr>
                  ))
                : [])
            ]
          })}
        </Table.Tbody>
      </Table>
      <Text c="dimmed" fz="xs" p="md">
        {t('crm.forecast.how')}
      </Text>
    </section>
  )
}
