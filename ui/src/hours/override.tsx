import { Alert, Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schedule } from '../../../api/contract/schedules.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** Sets what somebody says for now, and offers to take it back. */
export function useSay() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const say = useMutation({
    mutationFn: ({ schedule, override }: { schedule: Schedule; override: Schedule['override'] }) =>
      api<Schedule>('PATCH', `/api/schedules/${schedule.id}`, { override }),
    onSuccess: async (after, { schedule }) => {
      await client.invalidateQueries({ queryKey: ['all', 'schedules'] })
      const words = { name: after.name }
      toast('pine', t(after.isOpen ? 'schedules.nowOpen' : 'schedules.nowClosed', words), 8000, {
        label: t('schedules.undo'),
        run: () => say.mutate({ schedule: after, override: schedule.override })
      })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return say
}

/** Closed or open now, whatever the hours say: until when, and why. */
export function OverrideDialog({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const isOpen = !schedule.isOpen
  const [lasts, setLasts] = useState<'hour' | 'day' | 'time' | 'open'>('day')
  const [until, setUntil] = useState(dayjs().add(2, 'hour').startOf('hour').format('YYYY-MM-DDTHH:mm'))
  const [note, setNote] = useState('')
  const moment = {
    hour: dayjs().add(1, 'hour'),
    day: dayjs().endOf('day').add(1, 'ms'),
    time: dayjs(until),
    open: null
  }[lasts]
  const isPast = moment !== null && !moment.isAfter(dayjs())
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(isOpen ? 'schedules.openNow' : 'schedules.closeNow', { name: schedule.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          aria-label={t('schedules.until')}
          value={lasts}
          onChange={setLasts}
          data={[
            { value: 'hour', label: t('schedules.lasts.hour') },
            { value: 'day', label: t('schedules.lasts.day') },
            { value: 'time', label: t('schedules.lasts.time') },
            { value: 'open', label: t('schedules.lasts.open') }
          ]}
        />
        {lasts === 'time' && (
          <TextInput
            type="datetime-local"
            label={t('schedules.until')}
            value={until}
            error={isPast ? t('schedules.untilPast') : undefined}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t('schedules.why')}
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {say.isError && (
          <Alert color="rust" role="alert">
            {Object.values(fieldErrors(say.error))[0] ?? explain(say.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            color={isOpen ? 'pine' : 'rust'}
            disabled={isPast}
            loading={say.isPending}
            onClick={() =>
              say.mutate(
                {
                  schedule,
                  override: { isOpen, until: moment?.toISOString() ?? null, note: note.trim() || null }
                },
                { onSuccess: onClose }
              )
            }
            data-testid="override-save"
          >
            {t(isOpen ? 'schedules.open' : 'schedules.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
