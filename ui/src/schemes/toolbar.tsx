import { ActionIcon, Badge, Button, Group, Menu, Text, TextInput, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowLeft,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconDots,
  IconDownload,
  IconPhone,
  IconTemplate,
  IconUpload
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { chooseFile, readSchemeFile, saveFile } from './files.ts'
import { TemplateDialog } from './template-dialog.tsx'
import type { Edit } from './model.ts'
import type { Draft, Saving } from './use-draft.ts'
import styles from './schemes.module.css'

interface Props {
  record: SchemeRecord
  saving: Saving
  canUndo: boolean
  canRedo: boolean
  published: number | null
  /** Of all problems, and of those that forbid publishing. */
  problems: number
  errors: number
  onEdit: (edit: Edit) => void
  flush: Draft['flush']
  onProblems: () => void
  onPublish: () => void
  /** Null while a test is under way. */
  onTest: (() => void) | null
  /** Another scheme lies on the table now. */
  onReplaced: () => void
}

/** What is done with the scheme as a whole. */
export const Toolbar = memo(function Toolbar({
  record,
  saving,
  canUndo,
  canRedo,
  published,
  problems,
  errors,
  onEdit,
  flush,
  onProblems,
  onPublish,
  onTest,
  onReplaced
}: Props) {
  const { t } = useTranslation()
  const [isTemplateOpen, setTemplateOpen] = useState(false)
  const importFile = async (): Promise<void> => {
    const text = await chooseFile()
    if (text === null) return
    const file = readSchemeFile(text)
    if (!file) {
      toast('rust', t('schemes.notFile'))
      return
    }
    onEdit({ do: 'replace', scheme: file.scheme })
    onReplaced()
    toast('pine', t('schemes.imported'))
  }
  const exportFile = async (): Promise<void> => {
    // The file is made of what the server has: with the checks.
    if ((await flush()) === null) return
    saveFile(`${record.name}.json`, await api<object>('GET', `/api/schemes/${record.id}/export`))
  }
  const step = (label: string, Icon: typeof IconDots, isOn: boolean, run: () => void, testId: string) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={!isOn}
        onClick={run}
        data-testid={testId}
      >
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <header className={styles.toolbar}>
      <ActionIcon
        component={Link}
        to="/settings/schemes"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('schemes.back')}
      >
        <IconArrowLeft size={18} />
      </ActionIcon>
      <NameInput record={record} />
      <Text fz="xs" c="dimmed" className={styles.publishedAs ?? ''} data-testid="published-as">
        {published === null ? t('schemes.neverPublished') : t('schemes.publishedAs', { version: published })}
      </Text>
      <SavingMark saving={saving} />
      <Group gap={2} ml="auto" wrap="nowrap">
        {step(t('schemes.undo'), IconArrowBackUp, canUndo, () => onEdit({ do: 'undo' }), 'undo')}
        {step(t('schemes.redo'), IconArrowForwardUp, canRedo, () => onEdit({ do: 'redo' }), 'redo')}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('schemes.moreActions')}
              data-testid="scheme-menu"
            >
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconDownload size={16} />}
              onClick={() => inBackground(exportFile())}
              data-testid="export"
            >
              {t('schemes.exportFile')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconUpload size={16} />}
              onClick={() => inBackground(importFile())}
              data-testid="import"
            >
              {t('schemes.importFile')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconTemplate size={16} />}
              onClick={() => setTemplateOpen(true)}
              data-testid="use-template"
            >
              {t('schemes.useTemplate')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {problems > 0 && (
          <Button
            variant="subtle"
            color={errors > 0 ? 'rust' : 'amber'}
            size="xs"
            px={8}
            leftSection={<IconAlertTriangle size={16} />}
            onClick={onProblems}
            aria-label={`${t('schemes.publish.showProblems')}: ${problems}`}
          >
            {problems}
          </Button>
        )}
        <Button
          variant="default"
          ml={6}
          leftSection={<IconPhone size={16} />}
          disabled={onTest === null}
          onClick={() => onTest?.()}
          data-testid="test-call"
        >
          {t('schemes.test.button')}
        </Button>
        <Button onClick={onPublish} ml={6} data-testid="publish">
          {t('schemes.publish.button')}
        </Button>
      </Group>
      {isTemplateOpen && (
        <TemplateDialog
          onChosen={(scheme) => {
            onEdit({ do: 'replace', scheme })
            onReplaced()
          }}
          onClose={() => setTemplateOpen(false)}
        />
      )}
    </header>
  )
})

/** The scheme's name; it is not part of the draft, and is kept as soon as the field is left. */
function NameInput({ record }: { record: SchemeRecord }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(record.name)
  const [kept, setKept] = useState(record.name)
  const rename = useMutation({
    mutationFn: (next: string) => api<SchemeRecord>('PATCH', `/api/schemes/${record.id}`, { name: next }),
    onSuccess: async (saved) => {
      setKept(saved.name)
      await client.invalidateQueries({ queryKey: ['all', 'schemes'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const keep = (): void => {
    const next = name.trim()
    if (next === '') setName(kept)
    else if (next !== kept) rename.mutate(next)
  }
  return (
    <TextInput
      classNames={{ input: styles.nameInput ?? '' }}
      aria-label={t('schemes.name')}
      maxLength={200}
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
      data-testid="scheme-name"
    />
  )
}

function SavingMark({ saving }: { saving: Saving }) {
  const { t } = useTranslation()
  const isFailed = saving.state === 'failed'
  const Icon = isFailed ? IconCloudOff : saving.state === 'saved' ? IconCloudCheck : IconCloudUp
  const words = isFailed
    ? t('schemes.saveFailed', { why: saving.why })
    : saving.state === 'saved'
      ? t('schemes.saved')
      : saving.state === 'saving'
        ? t('schemes.saving')
        : t('schemes.unsaved')
  return (
    <Badge
      variant="transparent"
      tt="none"
      fw={500}
      px={0}
      color={isFailed ? 'rust' : 'gray'}
      leftSection={<Icon size={15} aria-hidden />}
      role="status"
      className={styles.saving ?? ''}
      data-testid="saving"
      data-state={saving.state}
    >
      {words}
    </Badge>
  )
}
