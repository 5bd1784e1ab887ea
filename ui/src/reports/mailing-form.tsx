import {
  Alert,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import type { Mailing } from './mailings.tsx'
import { weekdayName } from './names.ts'
import type { ReportName } from './queries.ts'

const schedules = ['daily', 'weekly', 'monthly'] as const
const usualDays = { daily: 1, weekly: 7, monthly: 30 } as const

interface Props {
  /** Null: a new one. */
  mailing: Mailing | null
  report: ReportName
  query: Record<string, string>
  onDone: () => void
}

/** When a report goes out, to whom, and as what. */
export function MailingForm({ mailing, report, query, onDone }: Props) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [values, setValues] = useState(() => ({
    name: mailing?.name ?? '',
    recipients: mailing?.recipients ?? [],
    schedule: mailing?.schedule ?? ('weekly' as const),
    onDay: mailing?.onDay ?? 1,
    atHour: mailing?.atHour ?? 9,
    days: mailing?.days ?? 7,
    format: mailing?.format ?? ('xlsx' as const),
    locale: mailing?.locale ?? (i18n.language === 'en' ? ('en' as const) : ('ru' as const))
  }))
  const set = (changes: Partial<typeof values>): void => setValues((old) => ({ ...old, ...changes }))
  const save = useMutation({
    mutationFn: () => {
      const body = { ...values, onDay: values.schedule === 'daily' ? null : values.onDay }
      return mailing
        ? api('PATCH', `/api/report-mailings/${mailing.id}`, body)
        : api('POST', '/api/report-mailings', { ...body, report, query })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all', 'report-mailings'] })
      onDone()
    }
  })
  const errors = fieldErrors(save.error)
  const errorOf = (name: string): string | undefined =>
    Object.entries(errors).find(([path]) => path.split('.')[0] === name)?.[1]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      data-testid="mailing-form"
    >
      <Stack gap="sm">
        {save.isError && (
          <Alert color="rust" role="alert">
            {explain(save.error)}
          </Alert>
        )}
        {!mailing && (
          <Text c="dimmed" fz="sm">
            {t('reports.mail.ofThis')}
          </Text>
        )}
        <TextInput
          label={t('reports.mail.name')}
          required
          maxLength={200}
          placeholder={t('reports.mail.namePlaceholder')}
          value={values.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={errorOf('name')}
          data-testid="mailing-name"
          data-autofocus
        />
        <TagsInput
          label={t('reports.mail.recipients')}
          description={t('reports.mail.recipientsHelp')}
          required
          maxTags={20}
          acceptValueOnBlur
          splitChars={[',', ';', ' ']}
          value={values.recipients}
          onChange={(recipients) => set({ recipients })}
          error={errorOf('recipients')}
          data-testid="mailing-recipients"
        />
        <SegmentedControl
          aria-label={t('reports.mail.schedule')}
          value={values.schedule}
          data={schedules.map((value) => ({ value, label: t(`reports.mail.schedules.${value}`) }))}
          onChange={(value) => {
            const schedule = schedules.find((each) => each === value) ?? 'weekly'
            set({ schedule, days: usualDays[schedule], onDay: 1 })
          }}
        />
        <Group grow align="flex-end">
          {values.schedule === 'weekly' && (
            <Select
              label={t('reports.mail.weekday')}
              allowDeselect={false}
              data={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
                value: String(day),
                label: weekdayName(day, 'long')
              }))}
              value={String(values.onDay)}
              onChange={(day) => set({ onDay: Number(day ?? 1) })}
            />
          )}
          {values.schedule === 'monthly' && (
            <NumberInput
              label={t('reports.mail.monthday')}
              min={1}
              max={28}
              allowDecimal={false}
              value={values.onDay}
              onChange={(day) => set({ onDay: Number(day) || 1 })}
              error={errorOf('onDay')}
            />
          )}
          <Select
            label={t('reports.mail.hour')}
            allowDeselect={false}
            data={Array.from({ length: 24 }, (_, hour) => ({
              value: String(hour),
              label: `${String(hour).padStart(2, '0')}:00`
            }))}
            value={String(values.atHour)}
            onChange={(hour) => set({ atHour: Number(hour ?? 9) })}
          />
          <NumberInput
            label={t('reports.mail.days')}
            min={1}
            max={366}
            allowDecimal={false}
            value={values.days}
            onChange={(days) => set({ days: Number(days) || 1 })}
            error={errorOf('days')}
          />
        </Group>
        <Group grow>
          <Select
            label={t('reports.mail.format')}
            allowDeselect={false}
            data={[
              { value: 'xlsx', label: t('reports.export.xlsx') },
              { value: 'csv', label: t('reports.export.csv') }
            ]}
            value={values.format}
            onChange={(format) => set({ format: format === 'csv' ? 'csv' : 'xlsx' })}
          />
          <Select
            label={t('shell.language')}
            allowDeselect={false}
            data={[
              { value: 'ru', label: 'Русский' },
              { value: 'en', label: 'English' }
            ]}
            value={values.locale}
            onChange={(locale) => set({ locale: locale === 'en' ? 'en' : 'ru' })}
          />
        </Group>
        <Group justify="flex-end" mt="sm">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} data-testid="mailing-save">
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
