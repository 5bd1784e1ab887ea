import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCopy, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsOf } from '../../../ivr/fields.ts'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'
import { SettingInput } from './fields/setting-input.tsx'
import { shownFields, valueOf } from './fields-shown.ts'
import { groupOf, KindIcon } from './icons.tsx'
import { exitsOf, type Edit, type Editing } from './model.ts'
import { SchemeForm } from './scheme-form.tsx'
import type { Things } from './use-things.ts'
import { blockWord, exitWord, faultWord, kindWord, labelOf, problemWord } from './words.ts'
import styles from './schemes.module.css'

interface Props {
  editing: Editing
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

function BlockForm({
  id,
  block,
  editing: { scheme },
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
  const input = (field: (typeof fields)[number]) => (
    <SettingInput
      key={field.name}
      field={field}
      value={valueOf(fields, block.settings, field.name)}
      things={things}
      error={faults.get(field.name)}
      onChange={(value) => onEdit({ do: 'setting', block: id, name: field.name, value })}
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
      <Exits id={id} block={block} scheme={scheme} onEdit={onEdit} />
      <Group gap={6} mt={4}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlayerPlay size={14} />}
          disabled={scheme.start === id}
          onClick={() => onEdit({ do: 'start', block: id })}
        >
          {t('schemes.block.makeStart')}
        </Button>
        <Button variant="default" size="xs" leftSection={<IconCopy size={14} />} onClick={onDuplicate}>
          {t('schemes.block.duplicate')}
        </Button>
        <Button
          variant="light"
          color="rust"
          size="xs"
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

/** Where each exit leads: the same lines as on the canvas, for the keyboard. */
function Exits({
  id,
  block,
  scheme,
  onEdit
}: {
  id: string
  block: SchemeBlock
  scheme: Scheme
  onEdit: (edit: Edit) => void
}) {
  const { t } = useTranslation()
  const exits = exitsOf(block)
  if (exits.length === 0) return null
  const names = new Map<string, number>()
  for (const other of Object.values(scheme.blocks)) {
    names.set(labelOf(other), (names.get(labelOf(other)) ?? 0) + 1)
  }
  const targets = Object.entries(scheme.blocks).map(([other, { type }]) => {
    const word = blockWord(scheme, other)
    // Two blocks of one name are told apart by their ids.
    const isShared = (names.get(word) ?? 0) > 1
    const kind = kindWord(type)
    return {
      value: other,
      label: isShared ? `${word} (${other})` : word === kind ? word : `${word} · ${kind}`
    }
  })
  return (
    <Stack gap={6} mt={6}>
      <Text className="eyebrow">{t('schemes.block.exits')}</Text>
      {exits.map((exit) => (
        <Select
          key={exit}
          size="xs"
          label={exitWord(block, exit)}
          placeholder={t('schemes.block.end')}
          data={targets}
          value={block.exits[exit] ?? null}
          clearable
          searchable
          // A large scheme has hundreds of them, for each exit: only in the page while they are looked at.
          comboboxProps={{ keepMounted: false }}
          onChange={(target) => onEdit({ do: 'connect', block: id, exit, target })}
          data-testid={`leads-${exit}`}
        />
      ))}
    </Stack>
  )
}
