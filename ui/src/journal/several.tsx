import { Button, Checkbox, CloseButton, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './journal.module.css'

export interface Option {
  value: string
  label: string
}

interface Props {
  label: string
  options: readonly Option[]
  value: readonly string[]
  onChange: (value: string[]) => void
}

const searchFrom = 9

/** A filter by several values that stays one line high: its button says what is chosen, or how many. */
export function Several({ label, options, value, onChange }: Props) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const chosen = options.filter((option) => value.includes(option.value))
  const needle = search.trim().toLowerCase()
  const shown = options.filter((option) => option.label.toLowerCase().includes(needle))
  const isSet = value.length > 0
  const text =
    chosen.length === 1 ? (chosen[0]?.label ?? label) : isSet ? `${label} · ${value.length}` : label
  return (
    <Popover position="bottom-start" shadow="md" width={264} trapFocus onClose={() => setSearch('')}>
      <Popover.Target>
        <Button
          className={styles.several ?? ''}
          variant="default"
          size="xs"
          h={30}
          fw={isSet ? 600 : 400}
          data-set={isSet ? '' : undefined}
          justify="space-between"
          rightSection={<IconChevronDown size={13} />}
        >
          {text}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        {options.length >= searchFrom && (
          <TextInput
            size="xs"
            mb={8}
            aria-label={label}
            placeholder={label}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            rightSection={search ? <CloseButton size="sm" onClick={() => setSearch('')} /> : null}
          />
        )}
        <Stack gap={2} mah={300} style={{ overflowY: 'auto' }}>
          {shown.map((option) => (
            <Checkbox
              key={option.value}
              size="xs"
              py={4}
              label={option.label}
              checked={value.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.currentTarget.checked
                    ? [...value, option.value]
                    : value.filter((each) => each !== option.value)
                )
              }
            />
          ))}
          {shown.length === 0 && (
            <Text c="dimmed" fz="sm">
              {t('common.nothingFound')}
            </Text>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
