import {
  Autocomplete,
  Button,
  Collapse,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cost } from '../../../api/contract/costs.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { useAll } from '../lib/lookups.ts'
import { countDays } from '../lib/period.ts'
import { inquiryChannels } from '../lib/words.ts'
import { money } from './money.ts'
import { asNew, useDoing, useRefresh, useUncounted } from './queries.ts'

type WayBack = readonly [said: string, run: () => Promise<unknown>]
interface Values {
  day: string
  toDay: string
  isPeriod: boolean
  amount: number | ''
  currency: string
  source: string
  medium: string
  campaign: string
  keyword: string
  inquiryChannel: Cost['inquiryChannel']
  siteId: string | null
  clicks: number | ''
  note: string
}

const valuesOf = (cost: Cost | null, today: string): Values => ({
  day: cost?.day ?? today,
  toDay: cost?.day ?? today,
  isPeriod: false,
  amount: cost?.amount ?? '',
  currency: cost?.currency ?? '',
  source: cost?.source ?? '',
  medium: cost?.medium ?? '',
  campaign: cost?.campaign ?? '',
  keyword: cost?.keyword ?? '',
  inquiryChannel: cost?.inquiryChannel ?? 'paid',
  siteId: cost?.siteId ?? null,
  clicks: cost?.clicks ?? '',
  note: cost?.note ?? ''
})

/** Enters a cost of a day or of a period, or changes one. */
export function CostForm({
  cost,
  sources,
  today,
  onClose
}: {
  cost: Cost | null
  sources: readonly string[]
  today: string
  onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const [values, setValues] = useState(() => valuesOf(cost, today))
  const [isMoreOpen, setMoreOpen] = useState(cost !== null && (cost.keyword !== '' || cost.note !== null))
  const sites = useAll<{ id: string; name: string }>('sites')
  const own = useAll<{ id: string; name: string }>('sources')
  const company = useUncounted().data?.companyCurrency ?? 'RUB'
  const doing = useDoing()
  const refresh = useRefresh()
  const set = <K extends keyof Values>(key: K, value: Values[K]) =>
    setValues((old) => ({ ...old, [key]: value }))
  const currency = values.currency || company
  const days = values.isPeriod ? countDays({ from: values.day, to: values.toDay }) : 1
  const fault = days < 1 ? t('costForm.backwards') : days > 731 ? t('costForm.tooLong') : null

  /** What to say once it is entered, and how to take it back. */
  const wayBackOf = (made: { importId: string | null; items: Cost[] }): WayBack =>
    made.importId === null
      ? [t('costForm.added'), () => api('DELETE', `/api/costs/${made.items[0]?.id ?? ''}`)]
      : [
          t('costForm.addedDays', { count: made.items.length }),
          () => api('POST', `/api/cost-imports/${made.importId ?? ''}/undo`)
        ]
  const changeBack: WayBack = [
    t('costs.changed'),
    () => {
      if (!cost) return Promise.resolve()
      const { importId: _importId, ...before } = asNew(cost)
      return api('PATCH', `/api/costs/${cost.id}`, before)
    }
  ]
  const save = useMutation({
    mutationFn: async () => {
      const { isPeriod, toDay, amount, clicks, note, ...rest } = values
      const body = {
        ...rest,
        ...{ currency, amount: Number(amount), clicks: clicks === '' ? null : clicks, note: note || null },
        ...(isPeriod && { toDay })
      }
      if (!cost) return api<{ importId: string | null; items: Cost[] }>('POST', '/api/costs', body)
      await api('PATCH', `/api/costs/${cost.id}`, body)
      return null
    },
    onSuccess: async (made) => {
      await refresh()
      onClose()
      const [said, run] = made ? wayBackOf(made) : changeBack
      doing(() => Promise.resolve(), said, { label: t('costs.undo'), done: t('costs.undone'), run })
    }
  })
  const errors = fieldErrors(save.error)
  const names = [...new Set([...sources, ...(own.data ?? []).map(({ name }) => name)])]
  const decimals = {
    decimalSeparator: i18n.language === 'ru' ? ',' : '.',
    allowedDecimalSeparators: [',', '.']
  }
  return (
    <FormDialog
      title={t(cost ? 'costForm.editTitle' : 'costForm.addTitle')}
      size="lg"
      error={save.error}
      isBusy={save.isPending}
      saveLabel={t('common.save')}
      onSubmit={() => !fault && save.mutate()}
      onClose={onClose}
      testId="cost-form"
      saveTestId="cost-save"
    >
      <Group gap="sm" align="flex-end" grow preventGrowOverflow={false}>
        {!cost && (
          <SegmentedControl
            aria-label={t('costForm.when')}
            value={values.isPeriod ? 'period' : 'oneDay'}
            data={(['oneDay', 'period'] as const).map((value) => ({
              value,
              label: t(`costForm.${value}`)
            }))}
            onChange={(value) => set('isPeriod', value === 'period')}
          />
        )}
        <TextInput
          type="date"
          label={t(values.isPeriod ? 'costForm.from' : 'costForm.day')}
          required
          value={values.day}
          error={errors['day']}
          onChange={(event) => set('day', event.currentTarget.value)}
          data-testid="cost-day"
        />
        {values.isPeriod && (
          <TextInput
            type="date"
            label={t('costForm.to')}
            required
            min={values.day}
            value={values.toDay}
            error={fault ?? errors['toDay']}
            onChange={(event) => set('toDay', event.currentTarget.value)}
            data-testid="cost-to"
          />
        )}
      </Group>
      <Group gap="sm" align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput
          label={t('costForm.amount')}
          required
          hideControls
          min={0}
          max={999_999_999_999}
          decimalScale={2}
          thousandSeparator=" "
          {...decimals}
          value={values.amount}
          error={errors['amount']}
          onChange={(value) => set('amount', typeof value === 'number' ? value : '')}
          data-autofocus
          data-testid="cost-amount"
        />
        <Autocomplete
          label={t('costForm.currency')}
          w={120}
          maxLength={3}
          data={[...new Set([company, 'RUB', 'USD', 'EUR', 'KZT', 'BYN'])]}
          placeholder={company}
          value={values.currency}
          error={errors['currency']}
          onChange={(value) => set('currency', value.toUpperCase())}
        />
      </Group>
      {values.isPeriod && !fault && days > 1 && typeof values.amount === 'number' && (
        <Text fz="sm" c="dimmed" mt={-4} data-testid="cost-spread">
          {t('costForm.spread', {
            count: days,
            each: money(Math.round((values.amount / days) * 100) / 100, currency, i18n.language),
            total: money(values.amount, currency, i18n.language)
          })}
        </Text>
      )}
      <Group gap="sm" align="flex-start" grow>
        <Autocomplete
          label={t('costForm.source')}
          description={t('costForm.sourceHelp')}
          required
          data={names}
          limit={30}
          value={values.source}
          error={errors['source']}
          onChange={(value) => set('source', value)}
          data-testid="cost-source"
        />
      </Group>
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label={t('costForm.medium')}
          placeholder="cpc"
          value={values.medium}
          error={errors['medium']}
          onChange={(event) => set('medium', event.currentTarget.value)}
        />
        <TextInput
          label={t('costForm.campaign')}
          value={values.campaign}
          error={errors['campaign']}
          onChange={(event) => set('campaign', event.currentTarget.value)}
        />
      </Group>
      <Group gap="sm" align="flex-start" grow>
        <Select
          label={t('costForm.inquiryChannel')}
          allowDeselect={false}
          data={inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))}
          value={values.inquiryChannel}
          onChange={(value) =>
            set('inquiryChannel', inquiryChannels.find((each) => each === value) ?? 'paid')
          }
        />
        <Select
          label={t('costForm.site')}
          clearable
          placeholder={t('costs.noSite')}
          data={(sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={values.siteId}
          onChange={(value) => set('siteId', value)}
        />
      </Group>
      {!isMoreOpen && (
        <Button variant="subtle" size="compact-sm" mr="auto" onClick={() => setMoreOpen(true)}>
          {t('costForm.more')}
        </Button>
      )}
      <Collapse expanded={isMoreOpen}>
        <Stack gap="sm">
          <Group gap="sm" align="flex-start" grow>
            <TextInput
              label={t('costForm.keyword')}
              value={values.keyword}
              error={errors['keyword']}
              onChange={(event) => set('keyword', event.currentTarget.value)}
            />
            <NumberInput
              label={t('costs.clicks')}
              hideControls
              min={0}
              max={2_147_483_647}
              allowDecimal={false}
              thousandSeparator=" "
              value={values.clicks}
              error={errors['clicks']}
              onChange={(value) => set('clicks', typeof value === 'number' ? value : '')}
            />
          </Group>
          <Textarea
            label={t('costForm.note')}
            autosize
            maxLength={300}
            value={values.note}
            error={errors['note']}
            onChange={(event) => set('note', event.currentTarget.value)}
          />
        </Stack>
      </Collapse>
    </FormDialog>
  )
}
