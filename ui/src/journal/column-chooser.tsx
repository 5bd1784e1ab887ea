import { ActionIcon, Button, Checkbox, Group, Popover, Text, TextInput, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconColumns, IconGripVertical } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { columnKeys } from './columns.tsx'
import styles from './journal.module.css'
import { fieldLabel } from './labels.ts'
import type { Columns } from './use-columns.ts'

/** Which columns there are, and in which order: by drag, by buttons, by Alt and an arrow. */
export function ColumnChooser({ columns }: { columns: Columns }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const needle = search.trim().toLowerCase()
  const rest = columnKeys.filter(
    (name) => !columns.shown.includes(name) && fieldLabel(name).toLowerCase().includes(needle)
  )
  return (
    <Popover position="bottom-end" shadow="md" width={320} trapFocus>
      <Popover.Target>
        <Tooltip label={t('columns.title')}>
          <ActionIcon variant="default" size={30} aria-label={t('columns.title')} data-testid="columns">
            <IconColumns size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="sm" data-testid="columns-box">
        <Group justify="space-between" mb={6}>
          <span className="eyebrow">{t('columns.shown')}</span>
          <Button size="compact-xs" variant="subtle" disabled={columns.isUsual} onClick={columns.reset}>
            {t('columns.reset')}
          </Button>
        </Group>
        <div className={styles.chooser}>
          {columns.shown.map((name, index) => (
            <Shown key={name} name={name} index={index} columns={columns} />
          ))}
        </div>
        <div className="eyebrow" style={{ margin: '12px 0 6px' }}>
          {t('columns.more')}
        </div>
        <TextInput
          size="xs"
          mb={6}
          aria-label={t('columns.find')}
          placeholder={t('columns.find')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <div className={styles.chooser}>
          {rest.map((name) => (
            <Checkbox
              key={name}
              size="xs"
              py={4}
              px={4}
              label={fieldLabel(name)}
              checked={false}
              onChange={() => columns.show(name)}
              data-testid={`show-${name}`}
            />
          ))}
          {rest.length === 0 && (
            <Text c="dimmed" fz="sm" px={4}>
              {t('common.nothingFound')}
            </Text>
          )}
        </div>
        <Text c="dimmed" fz="xs" mt={10}>
          {t('columns.hint')}
        </Text>
      </Popover.Dropdown>
    </Popover>
  )
}

function Shown({
  name,
  index,
  columns
}: {
  name: Columns['shown'][number]
  index: number
  columns: Columns
}) {
  const { t } = useTranslation()
  const label = fieldLabel(name)
  return (
    <div
      className={styles.chosen}
      draggable
      onDragStart={(event) => event.dataTransfer.setData('text/plain', name)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        columns.moveTo(event.dataTransfer.getData('text/plain'), name)
      }}
      onKeyDown={(event) => {
        const places = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined
        if (places === undefined) return
        event.preventDefault()
        columns.moveBy(name, places)
      }}
      data-testid={`shown-${name}`}
    >
      <IconGripVertical size={14} opacity={0.4} style={{ cursor: 'grab' }} />
      <Checkbox
        size="xs"
        label={label}
        checked
        disabled={columns.shown.length === 1}
        onChange={() => columns.hide(name)}
        styles={{ body: { alignItems: 'center' } }}
        style={{ flex: 1, minWidth: 0 }}
      />
      <ActionIcon
        size="sm"
        variant={index === 0 ? 'transparent' : 'subtle'}
        color="gray"
        disabled={index === 0}
        aria-label={t('columns.up', { name: label })}
        onClick={() => columns.moveBy(name, -1)}
        data-testid={`up-${name}`}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        variant={index === columns.shown.length - 1 ? 'transparent' : 'subtle'}
        color="gray"
        disabled={index === columns.shown.length - 1}
        aria-label={t('columns.down', { name: label })}
        onClick={() => columns.moveBy(name, 1)}
        data-testid={`down-${name}`}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
    </div>
  )
}
