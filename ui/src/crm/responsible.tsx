import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useUsers } from '../lib/lookups.ts'

interface Props {
  value: { id: string; name: string } | null
  isReadOnly: boolean
  onChange: (id: string | null) => void
}

/** Who answers for it; empty: nobody yet. */
export function Responsible({ value, isReadOnly, onChange }: Props) {
  const { t } = useTranslation()
  const users = useUsers()
  const people = (users.data ?? [])
    .filter(({ isActive, role }) => isActive && role !== 'marketer')
    .map(({ id, name }) => ({ value: id, label: name }))
  // Somebody who left the company may still have it.
  const known = value && !people.some((each) => each.value === value.id)
  return (
    <Select
      size="xs"
      label={t('crm.responsible')}
      placeholder={t('crm.nobody')}
      data={known ? [...people, { value: value.id, label: value.name }] : people}
      value={value?.id ?? null}
      searchable
      clearable={!isReadOnly}
      readOnly={isReadOnly}
      nothingFoundMessage={t('common.nothingFound')}
      onChange={onChange}
      data-testid="responsible"
    />
  )
}
