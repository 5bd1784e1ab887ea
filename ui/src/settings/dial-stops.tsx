import { Anchor, Button, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { DialStop } from '../../../api/contract/guard.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { TableSheet } from './table-sheet.tsx'

const key = ['dial-stops']

/** People whose dialling was stopped because it looked like theft, and the way back. */
export default function DialStopsSection() {
  const { t } = useTranslation()
  const [which, setWhich] = useState<'true' | 'false'>('true')
  const stops = useQuery({
    queryKey: [...key, which],
    queryFn: async () =>
      (await api<Page<DialStop>>('GET', `/api/dial-stops?limit=200&active=${which}`)).items,
    refetchInterval: 15_000
  })
  return (
    <section>
      <Title order={1} size="h2">
        {t('setup.dialStops')}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {t('guard.stops.text')}{' '}
        <Anchor component={Link} to="/settings/dial-rules">
          {t('guard.stops.rules')}
        </Anchor>
      </Text>
      <SegmentedControl
        mb="sm"
        size="xs"
        value={which}
        onChange={(value) => setWhich(value === 'true' ? 'true' : 'false')}
        aria-label={t('guard.stops.which')}
        data={[
          { value: 'true', label: t('guard.stops.active') },
          { value: 'false', label: t('guard.stops.over') }
        ]}
      />
      <TableSheet
        query={stops}
        empty={t(which === 'true' ? 'guard.stops.none' : 'guard.stops.noneOver')}
        head={
          <>
            <Table.Th>{t('guard.stops.who')}</Table.Th>
            <Table.Th>{t('guard.stops.why')}</Table.Th>
            <Table.Th>{t('guard.stops.at')}</Table.Th>
            <Table.Th>{which === 'false' && t('guard.stops.liftedAt')}</Table.Th>
          </>
        }
        row={(stop) => <Row key={stop.id} stop={stop} />}
      />
    </section>
  )
}

/** The reasons that this screen has words for. */
const reasons = [
  'prefix_blocked',
  'country_not_allowed',
  'concurrency_cap',
  'user_minute_cap',
  'user_costly_cap'
] as const

function Row({ stop }: { stop: DialStop }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const lift = useMutation({
    mutationFn: () => api('DELETE', `/api/dial-stops/${stop.id}`),
    onSuccess: async () => {
      toast('pine', t('guard.stops.lifted', { name: stop.userName }))
      await client.invalidateQueries({ queryKey: key })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const reason = reasons.find((each) => each === stop.reason)
  return (
    <Table.Tr data-testid="stop-row">
      <Table.Td>
        <Text fw={560} span>
          {stop.userName}
        </Text>
      </Table.Td>
      <Table.Td>
        {reason ? t(`guard.stops.reason.${reason}`) : stop.reason}
        <Text c="dimmed" fz="xs" className="num">
          {[t('guard.stops.tries', { count: stop.tries }), stop.numbers.map(formatPhone).join(', ')]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td className="num">{fullTime(stop.at)}</Table.Td>
      <Table.Td ta={stop.liftedAt ? 'left' : 'right'} className="num">
        {stop.liftedAt ? (
          <>
            {fullTime(stop.liftedAt)}
            <Text c="dimmed" fz="xs">
              {stop.liftedBy ?? '–'}
            </Text>
          </>
        ) : (
          <ConfirmButton
            text={t('guard.stops.liftText', { name: stop.userName })}
            confirm={t('guard.stops.lift')}
            onConfirm={() => lift.mutate()}
          >
            {(ask) => (
              <Button
                size="compact-sm"
                variant="subtle"
                loading={lift.isPending}
                onClick={ask}
                data-testid="lift-stop"
              >
                {t('guard.stops.lift')}
              </Button>
            )}
          </ConfirmButton>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
