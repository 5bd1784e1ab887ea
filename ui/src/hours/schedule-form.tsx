import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schedule } from '../../../api/contract/schedules.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { todayIn, type Week } from './days.ts'
import { DaysInput } from './days-input.tsx'
import { Preview } from './preview.tsx'
import { WeekInput } from './week-input.tsx'

const working: [string, string][] = [['09:00', '18:00']]
const usualWeek: Week = {
  ...{ mon: working, tue: working, wed: working, thu: working, fri: working, sat: [], sun: [] }
}

/** One schedule: the week, days with hours of their own, and how the next weeks look. */
export function ScheduleForm({ schedule, onClose }: { schedule: Schedule | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(schedule?.name ?? '')
  const [timeZone, setTimeZone] = useState(schedule?.timeZone ?? null)
  const [hours, setHours] = useState(schedule?.hours ?? usualWeek)
  const [days, setDays] = useState(schedule?.days ?? [])
  const today = todayIn(timeZone ?? schedule?.ownTimeZone ?? 'Europe/Moscow', Date.now())
  const save = useMutation({
    mutationFn: () =>
      api<Schedule>(schedule ? 'PATCH' : 'POST', `/api/schedules${schedule ? `/${schedule.id}` : ''}`, {
        ...{ name, timeZone, hours, days }
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      onClose()
    }
  })
  const errors = fieldErrors(save.error)
  const ofHours = Object.entries(errors).find(([path]) => /^(hours|days)/.test(path))?.[1]
  return (
    <Modal
      opened
      onClose={onClose}
      size={880}
      title={schedule ? schedule.name : t('schedules.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md" data-testid="schedule-form">
        <Group gap="sm" align="flex-start" grow>
          <TextInput
            label={t('schedules.name')}
            required
            maxLength={100}
            value={name}
            error={errors['name']}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
            data-testid="schedule-name"
          />
          <Select
            label={t('schedules.timeZone')}
            placeholder={t('schedules.companyZone')}
            data={Intl.supportedValuesOf('timeZone')}
            value={timeZone}
            searchable
            clearable
            limit={50}
            error={errors['timeZone']}
            onChange={setTimeZone}
          />
        </Group>
        <section>
          <Text fw={620} mb={6}>
            {t('schedules.week')}
          </Text>
          <WeekInput week={hours} onChange={setHours} />
        </section>
        <section>
          <Text fw={620} mb={6}>
            {t('schedules.days')}
          </Text>
          <DaysInput days={days} today={today} onChange={setDays} />
        </section>
        <section>
          <Text fw={620} mb={6}>
            {t('schedules.preview')}
          </Text>
          <Preview week={hours} days={days} today={today} />
        </section>
        {save.isError && (
          <Alert color="rust" role="alert">
            {ofHours ?? explain(save.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            disabled={name.trim() === ''}
            loading={save.isPending}
            onClick={() => save.mutate()}
            data-testid="schedule-save"
          >
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
