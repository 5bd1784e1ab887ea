import { Badge, Button, MultiSelect, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Schedule } from '../../../api/contract/schedules.ts'
import type { DispatchPreview, InquiryRules } from '../../../api/contract/inquiry-desk.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll, useUsers } from '../lib/lookups.ts'
import type { Values } from '../settings/form-fields.tsx'
import { SettingsForm } from '../settings/settings-form.tsx'

const modes = ['sticky', 'rating', 'load', 'carousel', 'weighted'] as const
const owners = ['entity', 'lastRung', 'default'] as const
/** People come and go: asked anew so often while the preview is looked at. */
const refreshMs = 10_000

const numberOf = (value: unknown): number => Number(value) || 0
const idsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const dispatchOf = (values: Values) => ({
  isOn: values['isOn'] === true,
  mode: modes.find((mode) => mode === values['mode']) ?? 'weighted',
  userIds: idsOf(values['userIds']),
  weights: {
    free: numberOf(values['weightFree']),
    load: numberOf(values['weightLoad']),
    rating: numberOf(values['weightRating'])
  }
})

const per = (value: number): string => `${Math.round(value * 100)} %`

/** Who would get the next inquiry by the rules as they stand in the form, and why. */
function Preview({ values }: { values: Values }) {
  const { t } = useTranslation()
  const wish = dispatchOf(values)
  const preview = useQuery({
    queryKey: ['settings', 'dispatch-preview', wish],
    queryFn: () => api<DispatchPreview>('POST', '/api/inquiry-rules/preview', wish),
    refetchInterval: refreshMs
  })
  if (wish.userIds.length === 0) return <Text c="dimmed">{t('crm.dispatch.choose')}</Text>
  if (preview.isPending) return <Skeleton height={120} />
  if (preview.isError)
    return (
      <div>
        <Text>{explain(preview.error)}</Text>
        <Button size="xs" variant="default" onClick={() => inBackground(preview.refetch())}>
          {t('common.retry')}
        </Button>
      </div>
    )
  const { next, why, people } = preview.data
  return (
    <div data-testid="dispatch-preview">
      <Text mb={6}>
        {next === null ? (
          t('crm.dispatch.stays')
        ) : (
          <>
            {t('crm.dispatch.next')} <b>{next.name}</b> – {t(`crm.dispatch.why.${why}`)}
          </>
        )}
      </Text>
      <div style={{ overflowX: 'auto' }}>
        <Table verticalSpacing={6} fz="sm" miw={520}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('crm.dispatch.person')}</Table.Th>
              <Table.Th>{t('crm.dispatch.now')}</Table.Th>
              <Table.Th ta="right">{t('crm.dispatch.has')}</Table.Th>
              <Table.Th ta="right">{t('crm.dispatch.rating')}</Table.Th>
              <Table.Th ta="right">{t('crm.dispatch.score')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((one) => (
              <Table.Tr key={one.person.id} opacity={one.skipped === null ? 1 : 0.55}>
                <Table.Td fw={one.person.id === next?.id ? 650 : 400}>{one.person.name}</Table.Td>
                <Table.Td>
                  <Badge
                    variant="light"
                    radius="sm"
                    tt="none"
                    color={one.presence === 'available' ? 'pine' : 'gray'}
                  >
                    {one.skipped === 'inactive' ? t('crm.dispatch.inactive') : t(`presence.${one.presence}`)}
                  </Badge>
                </Table.Td>
                <Table.Td ta="right" className="num">
                  {one.inquiries}
                </Table.Td>
                <Table.Td ta="right" className="num">
                  {one.rating === null ? '–' : one.rating.toFixed(1)}
                </Table.Td>
                <Table.Td
                  ta="right"
                  className="num"
                  title={
                    one.skipped === null
                      ? `${t('crm.dispatch.weightFree')} ${per(one.parts.free)} · ${t('crm.dispatch.weightLoad')} ${per(one.parts.load)} · ${t('crm.dispatch.weightRating')} ${per(one.parts.rating)}`
                      : ''
                  }
                >
                  {one.skipped === null ? per(one.score) : '–'}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  )
}

/** Targets of the desk, whose missed calls are, and who gets what comes new. */
export function DeskRulesSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const schedules = useAll<Schedule>('schedules')
  const people = (users.data ?? [])
    .filter(({ isActive, role }) => isActive && role !== 'marketer')
    .map(({ id, name }) => ({ value: id, label: name }))
  return (
    <SettingsForm<InquiryRules>
      title={t('crm.rules.title')}
      text={t('crm.rules.text')}
      path="/api/inquiry-rules"
      method="PUT"
      parts={[
        {
          title: t('crm.rules.response'),
          text: t('crm.rules.responseText'),
          fields: [
            { name: 'warnMinutes', label: t('crm.rules.warn'), type: 'number' },
            { name: 'responseMinutes', label: t('crm.rules.target'), type: 'number' },
            {
              name: 'scheduleId',
              label: t('crm.rules.hours'),
              type: 'select',
              canClear: true,
              placeholder: t('crm.rules.allHours'),
              options: (schedules.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
            }
          ]
        },
        {
          title: t('crm.rules.missed'),
          text: t('crm.rules.missedText'),
          fields: [
            {
              name: 'missedOwner',
              label: t('crm.rules.owner'),
              type: 'select',
              options: owners.map((value) => ({ value, label: t(`crm.rules.owners.${value}`) }))
            },
            {
              name: 'defaultUserId',
              label: t('crm.rules.usual'),
              type: 'select',
              canClear: true,
              options: people
            }
          ]
        },
        {
          title: t('crm.dispatch.title'),
          text: t('crm.dispatch.text'),
          fields: [
            { name: 'isOn', label: t('crm.dispatch.on'), type: 'switch' },
            {
              name: 'mode',
              label: t('crm.dispatch.mode'),
              type: 'select',
              options: modes.map((value) => ({ value, label: t(`crm.dispatch.modes.${value}`) }))
            },
            ...(['weightFree', 'weightLoad', 'weightRating'] as const).map((name) => ({
              ...{ name, label: t(`crm.dispatch.${name}`), type: 'number' as const },
              when: (values: Values) => values['mode'] === 'weighted' || values['mode'] === 'sticky'
            }))
          ],
          more: (values, set) => (
            <>
              <MultiSelect
                label={t('crm.dispatch.people')}
                data={people}
                value={idsOf(values['userIds'])}
                onChange={(ids) => set('userIds', ids)}
                searchable
                clearable
                mb="md"
                data-testid="dispatch-people"
              />
              <Preview values={values} />
            </>
          )
        }
      ]}
      toForm={({ dispatch, ...rest }) => ({
        ...rest,
        ...{ isOn: dispatch.isOn, mode: dispatch.mode, userIds: dispatch.userIds },
        weightFree: dispatch.weights.free,
        weightLoad: dispatch.weights.load,
        weightRating: dispatch.weights.rating
      })}
      toBody={(values) => ({
        warnMinutes: numberOf(values['warnMinutes']),
        responseMinutes: numberOf(values['responseMinutes']),
        scheduleId: values['scheduleId'] || null,
        missedOwner: values['missedOwner'],
        defaultUserId: values['defaultUserId'] || null,
        dispatch: dispatchOf(values)
      })}
    />
  )
}
