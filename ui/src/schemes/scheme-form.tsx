import { Select, Stack, Table, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Edit } from './model.ts'
import { blockWord } from './words.ts'

const keys = [
  ['undo', 'Ctrl+Z', 'Ctrl+Shift+Z'],
  ['copy', 'Ctrl+C', 'Ctrl+V'],
  ['duplicate', 'Ctrl+D'],
  ['all', 'Ctrl+A'],
  ['remove', 'Delete'],
  ['add', 'B'],
  ['line', 'L'],
  ['beside', '← ↑ → ↓'],
  ['move', 'Shift+← ↑ → ↓']
] as const

/** What belongs to the scheme as a whole, and how to draw. */
export function SchemeForm({ scheme, onEdit }: { scheme: Scheme; onEdit: (edit: Edit) => void }) {
  const { t } = useTranslation()
  const blocks = Object.keys(scheme.blocks)
  return (
    <Stack gap="sm" p="md" data-testid="scheme-form">
      <Title order={2} fz="md">
        {t('schemes.scheme.title')}
      </Title>
      <Text fz="sm" c="dimmed">
        {t('schemes.scheme.hint')}
      </Text>
      <Select
        label={t('schemes.scheme.start')}
        data={blocks.map((id) => ({ value: id, label: `${blockWord(scheme, id)} (${id})` }))}
        value={blocks.includes(scheme.start) ? scheme.start : null}
        allowDeselect={false}
        searchable
        onChange={(block) => {
          if (block !== null) onEdit({ do: 'start', block })
        }}
      />
      <Select
        label={t('schemes.scheme.locale')}
        data={[
          { value: 'ru', label: t('schemes.scheme.ru') },
          { value: 'en', label: t('schemes.scheme.en') }
        ]}
        value={scheme.locale}
        allowDeselect={false}
        onChange={(locale) => onEdit({ do: 'locale', locale: locale === 'en' ? 'en' : 'ru' })}
      />
      <Text className="eyebrow" mt={8}>
        {t('schemes.scheme.keys')}
      </Text>
      <Table verticalSpacing={4} horizontalSpacing={0} withRowBorders={false} fz="xs">
        <Table.Tbody>
          {keys.map(([name, ...combinations]) => (
            <Table.Tr key={name}>
              <Table.Td>
                {combinations.map((each) => (
                  <kbd key={each} style={{ marginRight: 4 }}>
                    {each}
                  </kbd>
                ))}
              </Table.Td>
              <Table.Td>{t(`schemes.keys.${name}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}
