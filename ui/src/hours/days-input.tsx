import { ActionIcon, Button, Group, ScrollArea, Text, TextInput } from '@mantine/core'
import { IconCalendarPlus, IconDownload, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HolidayList } from '../../../api/contract/schedules.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { withDays, type Day } from './days.ts'
import { RangesInput } from './ranges-input.tsx'

interface Props {
  days: readonly Day[]
  today: string
  onChange: (days: Day[]) => void
}

/** Days with hours of their own: holidays without any, and special ones. Those that are over stay out of sight. */
export function DaysInput({ days, today, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const [date, setDate] = useState('')
  const shown = days.filter((day) => day.date >= today)
  const past = days.length - shown.length
  const year = Number(today.slice(0, 4))
  const load = useMutation({
    mutationFn: (wanted: number) => api<HolidayList>('GET', `/api/holidays?country=RU&year=${wanted}`),
    onSuccess: ({ items, isComplete }, wanted) => {
      const named = items.map((item): Day => {
        const name = i18n.language === 'en' ? item.nameEn : item.name
        return { date: item.date, name, hours: [] }
      })
      const before = [...days]
      // Whatever somebody has set for such a day by hand stays.
      onChange(withDays(named, days))
      toast(
        isComplete ? 'pine' : 'amber',
        t(isComplete ? 'schedules.loaded' : 'schedules.loadedLaw', { count: items.length, year: wanted }),
        12_000,
        { label: t('schedules.undo'), run: () => onChange(before) }
      )
    },
    onError: (error) => toast('rust', explain(error))
  })
  const replace = (next: Day): void => onChange(days.map((day) => (day.date === next.date ? next : day)))
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <Group gap="xs" align="flex-end">
        <TextInput
          type="date"
          w={160}
          size="xs"
          label={t('schedules.date')}
          min={today}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          data-testid="day-date"
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCalendarPlus size={15} />}
          disabled={!/^\d{4}-\d\d-\d\d$/.test(date) || days.some((day) => day.date === date)}
          onClick={() => {
            onChange(withDays(days, [{ date, name: '', hours: [] }]))
            setDate('')
          }}
          data-testid="day-add"
        >
          {t('schedules.addDay')}
        </Button>
        {[year, year + 1].map((each) => (
          <Button
            key={each}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} />}
            loading={load.isPending && load.variables === each}
            onClick={() => load.mutate(each)}
            data-testid={`load-${each}`}
          >
            {t('schedules.loadRussia', { year: each })}
          </Button>
        ))}
      </Group>
      {shown.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('schedules.noDays')}
        </Text>
      ) : (
        <ScrollArea.Autosize mah={260} type="auto" offsetScrollbars>
          <div style={{ display: 'grid', gap: 6 }}>
            {shown.map((day) => (
              <Group key={day.date} gap="xs" wrap="nowrap" align="flex-start" data-testid="special-day">
                <Text w={92} fz="sm" mt={5} className="num">
                  {dayjs(day.date).format('D MMM YYYY')}
                </Text>
                <TextInput
                  size="xs"
                  w={210}
                  maxLength={100}
                  placeholder={t('schedules.dayName')}
                  aria-label={`${day.date}: ${t('schedules.dayName')}`}
                  value={day.name}
                  onChange={(event) => replace({ ...day, name: event.currentTarget.value })}
                />
                <div style={{ flex: 1 }}>
                  <Group gap={6} mih={30}>
                    {day.hours.length === 0 && (
                      <Text c="dimmed" fz="sm">
                        {t('schedules.closedDay')}
                      </Text>
                    )}
                    <RangesInput
                      label={day.date}
                      ranges={day.hours}
                      onChange={(hours) => replace({ ...day, hours })}
                    />
                  </Group>
                </div>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('common.remove')}: ${day.date}`}
                  onClick={() => onChange(days.filter(({ date: other }) => other !== day.date))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            ))}
          </div>
        </ScrollArea.Autosize>
      )}
      {past > 0 && (
        <Text c="dimmed" fz="xs">
          {t('schedules.past', { count: past })}
        </Text>
      )}
    </div>
  )
}
