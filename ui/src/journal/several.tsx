import { Checkbox, CloseButton, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export interface Option {
  value: string
  label: string
}

const searchFrom = 9

/** A choice of several values, with a search where there are many. */
export function Several({
  label,
  options,
  value,
  onChange
}: {
  label: string
  options: readonly Option[]
  value: readonly string[]
  onChange: (value: string[]) => void
}) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const needle = search.trim().toLowerCase()
  const shown = options.filter((option) => option.label.toLowerCase().includes(needle))
  return (
    <>
      {options.length >= searchFrom && (
        <TextInput
          size="xs"
          mb={8}
          aria-label={label}
          placeholder={label}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          rightSection={
            search ? (
              <CloseButton size="sm" aria-label={t('common.close')} onClick={() => setSearch('')} />
            ) : null
          }
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
    </>
  )
}
