import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCopy, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { memo, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsOf, type SettingField } from '../../../ivr/fields.ts'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'
import { Exits } from './exits.tsx'
import { SettingInput } from './fields/setting-input.tsx'
import { shownFields, valueOf } from './fields-shown.ts'
import { groupOf, KindIcon } from './icons.tsx'
import type { Edit, Editing } from './model.ts'
import { SchemeForm } from './scheme-form.tsx'
import type { Things } from './use-things.ts'
import { faultWord, kindWord, problemWord } from './words.ts'
import styles from './schemes.module.css'

interface Props {
  editing: Editing
  /** As it stands on the canvas: some letters behind while somebody types. */
  drawn: Scheme
  problems: readonly SchemeProblem[]
  things: Things
  onEdit: (edit: Edit) => void
  onDuplicate: () => void
}

/** Everything about what is chosen: a block, several, or the scheme as a whole. */
export function Inspector(props: Props) {
  const { scheme, chosen } = props.editing
  const only = chosen.length === 1 ? (chosen[0] ?? '') : ''
  const block = blockOf(scheme, only)
  if (block !== null) return <BlockForm key={only} {...props} id={only} block={block} />
  if (chosen.length > 1) return <Several {...props} />
  return <SchemeForm scheme={scheme} onEdit={props.onEdit} />
}

function Several({ editing, onEdit, onDuplicate }: Props) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" p="md">
      <Text fw={600}>{t('schemes.block.several', { count: editing.chosen.length })}</Text>
      <Group gap={6}>
        <Button variant="default" size="xs" leftSection={<IconCopy size={14} />} onClick={onDuplicate}>
          {t('schemes.block.duplicate')}
        </Button>
        <Button
          variant="light"
          color="rust"
          size="xs"
          leftSection={<IconTrash size={14} />}
          onClick={() => onEdit({ do: 'remove', blocks: editing.chosen })}
        >
          {t('schemes.block.remove')}
        </Button>
      </Group>
    </Stack>
  )
}

/** The first fault of each setting. */
function faultsOf(id: string, problems: readonly SchemeProblem[], block: SchemeBlock): Map<string, string> {
  const faults = new Map<string, string>()
  for (const problem of problems) {
    if (problem.block !== id || problem.path === null || problem.severity !== 'error') continue
    const name = problem.path.split('.')[0] ?? ''
    if (faults.has(name)) continue
    faults.set(
      name,
      problem.code === 'settingsInvalid' ? faultWord(problem.message) : problemWord(problem, block)
    )
  }
  return faults
}

/** One setting of a block; drawn anew only when it has changed itself. */
const Setting = memo(function Setting({
  id,
  field,
  value,
  things,
  error,
  onEdit
}: {
  id: string
  field: SettingField
  value: unknown
  things: Things
  error: string | undefined
  onEdit: (edit: Edit) => void
}) {
  const { name } = field
  const onChange = useCallback(
    (next: unknown): void => onEdit({ do: 'setting', block: id, name, value: next }),
    [id, name, onEdit]
  )
  return <SettingInput {...{ field, value, things, error, onChange }} />
})

function BlockForm({
  id,
  block,
  editing: { scheme },
  drawn,
  problems,
  things,
  onEdit,
  onDuplicate
}: Props & { id: string; block: SchemeBlock }) {
  const { t } = useTranslation()
  const [isMore, setMore] = useState(false)
  const fields = fieldsOf(block.type)
  const { usual, others } = shownFields(block.type, fields, block.settings)
  const faults = faultsOf(id, problems, block)
  // A fault behind “more” must not stay hidden.
  const isOpen = isMore || others.some(({ name }) => faults.has(name))
  const input = (field: SettingField) => (
    <Setting
      key={field.name}
      {...{ id, field, things, onEdit }}
      value={valueOf(fields, block.settings, field.name)}
      error={faults.get(field.name)}
    />
  )
  return (
    <Stack gap="sm" p="md" data-testid="inspector">
      <Group gap={8} wrap="nowrap" data-group={groupOf(block.type)} className={styles.titleRow ?? ''}>
        <span className={styles.icon}>
          <KindIcon type={block.type} />
        </span>
        <Title order={2} fz="md">
          {kindWord(block.type)}
        </Title>
      </Group>
      <TextInput
        label={t('schemes.block.label')}
        maxLength={200}
        placeholder={kindWord(block.type)}
        value={block.label ?? ''}
        onChange={(event) => onEdit({ do: 'label', block: id, label: event.currentTarget.value })}
        data-testid="block-label"
      />
      {usual.map(input)}
      {others.length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          w="max-content"
          onClick={() => setMore(!isOpen)}
          aria-expanded={isOpen}
          data-testid="more-settings"
        >
          {isOpen ? t('blocks.less') : t('blocks.more')}
        </Button>
      )}
      {isOpen && others.map(input)}
      <Exits {...{ id, block, drawn, onEdit }} />
      <Group gap={6} mt={4}>
        <Button
          variant="default"
          size="xs"
          px={9}
          leftSection={<IconPlayerPlay size={14} />}
          disabled={scheme.start === id}
          onClick={() => onEdit({ do: 'start', block: id })}
        >
          {t('schemes.block.makeStart')}
        </Button>
        <Button variant="default" size="xs" px={9} leftSection={<IconCopy size={14} />} onClick={onDuplicate}>
          {t('schemes.block.duplicate')}
        </Button>
        <Button
          variant="light"
          color="rust"
          size="xs"
          px={9}
          leftSection={<IconTrash size={14} />}
          onClick={() => onEdit({ do: 'remove', blocks: [id] })}
          data-testid="remove-block"
        >
          {t('schemes.block.remove')}
        </Button>
      </Group>
    </Stack>
  )
}
