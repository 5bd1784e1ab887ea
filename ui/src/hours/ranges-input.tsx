import { ActionIcon, Group, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { typedTime, type Range } from './days.ts'

const most = 10

/** What fits behind the last span. */
function nextRange(ranges: readonly Range[]): Range {
  const end = ranges.at(-1)?.[1] ?? '09:00'
  const hour = Number(end.slice(0, 2))
  return hour < 21 ? [`${String(hour + 1).padStart(2, '0')}:00`, '22:00'] : ['22:00', '23:00']
}

/** The spans of one day; one may run over midnight. */
export function RangesInput({
  label,
  ranges,
  onChange
}: {
  label: string
  ranges: Range[]
  onChange: (ranges: Range[]) => void
}) {
  const { t } = useTranslation()
  const time = (index: number, side: 0 | 1) => (
    <TextInput
      w={62}
      size="xs"
      inputMode="numeric"
      maxLength={5}
      placeholder={side === 0 ? '09:00' : '18:00'}
      aria-label={`${label}: ${t(side === 0 ? 'schedules.from' : 'schedules.to')}`}
      value={ranges[index]?.[side] ?? ''}
      onChange={(event) => set(index, side, event.currentTarget.value)}
      onBlur={(event) => set(index, side, typedTime(event.currentTarget.value))}
    />
  )
  const set = (index: number, side: 0 | 1, text: string): void =>
    onChange(
      ranges.map((range, at): Range =>
        at !== index ? range : side === 0 ? [text, range[1]] : [range[0], text]
      )
    )
  return (
    <Group gap="xs">
      {ranges.map((_, index) => (
        // Spans have no names of their own.
        <Group key={index} gap={4} wrap="nowrap">
          {time(index, 0)}–{time(index, 1)}
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`${label}: ${t('schedules.removeSpan')}`}
            onClick={() => onChange(ranges.filter((__, at) => at !== index))}
          >
            <IconX size={14} />
          </ActionIcon>
        </Group>
      ))}
      {ranges.length < most && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`${label}: ${t('schedules.addSpan')}`}
          title={t('schedules.addSpan')}
          onClick={() => onChange([...ranges, ranges.length === 0 ? ['09:00', '18:00'] : nextRange(ranges)])}
        >
          <IconPlus size={14} />
        </ActionIcon>
      )}
    </Group>
  )
}
