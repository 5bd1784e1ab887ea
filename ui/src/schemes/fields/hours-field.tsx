import { ActionIcon, Checkbox, Group, Input, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { settingWord } from '../words.ts'
import type { FieldProps } from './setting-input.tsx'
import styles from '../schemes.module.css'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Range = [from: string, to: string]

/** Hours of each day; a day may have several spans, and one may run over midnight. */
export function HoursField({ field, value, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const hours = (typeof value === 'object' && value !== null ? value : {}) as Record<string, Range[]>
  const ranges = (day: string): Range[] => hours[day] ?? []
  const set = (day: string, next: Range[]): void => {
    const all = Object.fromEntries(days.map((each) => [each, ranges(each)]))
    onChange({ ...all, [day]: next })
  }
  const replace = (day: string, index: number, range: Range): void =>
    set(
      day,
      ranges(day).map((each, at) => (at === index ? range : each))
    )
  return (
    <Input.Wrapper label={settingWord(field.name)} error={error} data-testid={`setting-${field.name}`}>
      <Stack gap={4}>
        {days.map((day) => {
          const label = t(`blocks.day.${day}`)
          return (
            <Group key={day} gap={8} wrap="nowrap" align="flex-start">
              <Checkbox
                w={58}
                mt={7}
                size="xs"
                label={label}
                checked={ranges(day).length > 0}
                onChange={(event) => set(day, event.currentTarget.checked ? [['09:00', '18:00']] : [])}
              />
              <Stack gap={4} flex={1}>
                {ranges(day).length === 0 && (
                  <Text c="dimmed" fz="xs" mt={7}>
                    {t('blocks.day.off')}
                  </Text>
                )}
                {ranges(day).map(([from, to], index) => (
                  <Group key={index} gap={4} wrap="nowrap" className={styles.range ?? ''}>
                    <TextInput
                      size="xs"
                      w={58}
                      maxLength={5}
                      aria-label={`${label}: ${t('blocks.day.from')}`}
                      value={from}
                      onChange={(event) => replace(day, index, [event.currentTarget.value, to])}
                    />
                    –
                    <TextInput
                      size="xs"
                      w={58}
                      maxLength={5}
                      aria-label={`${label}: ${t('blocks.day.to')}`}
                      value={to}
                      onChange={(event) => replace(day, index, [from, event.currentTarget.value])}
                    />
                    {index === 0 ? (
                      <ActionIcon
                        size="sm"
                        variant="subtle"
                        color="gray"
                        aria-label={`${label}: ${t('blocks.day.more')}`}
                        onClick={() => set(day, [...ranges(day), ['19:00', '22:00']])}
                      >
                        <IconPlus size={13} />
                      </ActionIcon>
                    ) : (
                      <ActionIcon
                        size="sm"
                        variant="subtle"
                        color="gray"
                        aria-label={`${label}: ${t('blocks.day.fewer')}`}
                        onClick={() =>
                          set(
                            day,
                            ranges(day).filter((_, at) => at !== index)
                          )
                        }
                      >
                        <IconX size={13} />
                      </ActionIcon>
                    )}
                  </Group>
                ))}
              </Stack>
            </Group>
          )
        })}
      </Stack>
    </Input.Wrapper>
  )
}
