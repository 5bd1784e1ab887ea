import { Alert, Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconClockHour4, IconLock, IconLockOpen } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schedule } from '../../../api/contract/schedules.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { RemoveButton } from '../settings/remove-button.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import settings from '../settings/settings.module.css'
import { momentIn, rangeWords, todayIn, weekdays } from './days.ts'
import styles from './hours.module.css'
import { OverrideDialog, useSay } from './override.tsx'
import { ScheduleForm } from './schedule-form.tsx'

const moment = (iso: string): string => `${dayOf(iso)}, ${timeOfDay(iso)}`

/** `Mon–Fri 09:00–18:00, Sat 10:00–16:00`. */
function useWeekWords(): (schedule: Schedule) => string {
  const { t } = useTranslation()
  return ({ hours }) => {
    const runs: { first: string; last: string; words: string }[] = []
    for (const day of weekdays) {
      const words = rangeWords(hours[day])
      const short = t(`schedules.short.${day}`)
      const run = runs.at(-1)
      if (run?.words === words) run.last = short
      else runs.push({ first: short, last: short, words })
    }
    const open = runs.filter(({ words }) => words !== '')
    if (open.length === 0) return t('schedules.never')
    return open
      .map(({ first, last, words }) => `${first === last ? first : `${first}–${last}`} ${words}`)
      .join(', ')
  }
}

function Item({ schedule, onEdit, onSay }: { schedule: Schedule; onEdit: () => void; onSay: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const say = useSay()
  const weekWords = useWeekWords()
  const { name, isOpen, opensAt, override, days, ownTimeZone } = schedule
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/schedules/${schedule.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['all', 'schedules'] })
  })
  const today = todayIn(ownTimeZone, Date.now())
  const coming = days.filter(({ date }) => date >= today).length
  return (
    <div className={styles.item} data-testid="schedules-row">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="sm">
            <button type="button" className={settings.open} onClick={onEdit}>
              {name}
            </button>
            <Badge color={isOpen ? 'pine' : 'gray'} variant="light" tt="none" data-testid="schedule-state">
              {t(isOpen ? 'schedules.isOpen' : 'schedules.isClosed')}
            </Badge>
          </Group>
          <Text fz="sm" mt={2}>
            {weekWords(schedule)}
          </Text>
          <Text c="dimmed" fz="sm">
            {[
              ownTimeZone,
              coming > 0 && t('schedules.specialDays', { count: coming }),
              !isOpen &&
                opensAt !== null &&
                t('schedules.opensAt', { at: momentIn(ownTimeZone, opensAt, i18n.language) })
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </div>
        <Group gap={6} wrap="nowrap">
          {!override && (
            <Button
              size="xs"
              variant="default"
              leftSection={isOpen ? <IconLock size={15} /> : <IconLockOpen size={15} />}
              onClick={onSay}
              data-testid="say-now"
            >
              {t(isOpen ? 'schedules.close' : 'schedules.open')}
            </Button>
          )}
          <RemoveButton name={name} onConfirm={() => remove.mutate()} />
        </Group>
      </Group>
      {override && (
        <Alert color={override.isOpen ? 'pine' : 'amber'} p="xs" icon={<IconClockHour4 size={17} />}>
          <Group justify="space-between" gap="sm">
            <Text fz="sm">
              {t(override.isOpen ? 'schedules.saidOpen' : 'schedules.saidClosed', {
                until: override.until === null ? t('schedules.untilSaid') : moment(override.until)
              })}
              {override.note && ` ${override.note}`}
            </Text>
            <Button
              size="compact-sm"
              variant="light"
              loading={say.isPending}
              onClick={() => say.mutate({ schedule, override: null })}
              data-testid="say-usual"
            >
              {t('schedules.asUsual')}
            </Button>
          </Group>
        </Alert>
      )}
      {remove.isError && (
        <Alert color="rust" role="alert" p="xs" withCloseButton onClose={() => remove.reset()}>
          {explain(remove.error)}
        </Alert>
      )}
    </div>
  )
}

/** Working hours that schemes share. */
export default function SchedulesPage() {
  const { t } = useTranslation()
  const schedules = useAll<Schedule>('schedules', true, 60_000)
  const [edited, setEdited] = useState<Schedule | 'new' | null>(null)
  const [said, setSaid] = useState<Schedule | null>(null)
  return (
    <section>
      <SectionHead
        title={t('schedules.title')}
        text={t('schedules.text')}
        addLabel={t('schedules.new')}
        onAdd={() => setEdited('new')}
        things="schedules"
      />
      {schedules.isPending && <Skeleton height={160} radius="lg" />}
      {schedules.isError && !schedules.data && (
        <Stack align="flex-start">
          <Text>{explain(schedules.error)}</Text>
          <Button variant="default" onClick={() => inBackground(schedules.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {schedules.data && (
        <div className="sheet">
          {schedules.data.length === 0 && (
            <Text c="dimmed" ta="center" p="xl">
              {t('schedules.empty')}
            </Text>
          )}
          {schedules.data.map((schedule) => (
            <Item
              key={schedule.id}
              schedule={schedule}
              onEdit={() => setEdited(schedule)}
              onSay={() => setSaid(schedule)}
            />
          ))}
        </div>
      )}
      {edited && <ScheduleForm schedule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {said && <OverrideDialog schedule={said} onClose={() => setSaid(null)} />}
    </section>
  )
}
