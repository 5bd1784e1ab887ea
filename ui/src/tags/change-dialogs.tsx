import { Anchor, Alert, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { TagChange, TagUse } from '../../../api/contract/tags.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { renamePlan } from './plan.ts'

interface Props {
  tag: TagUse
  onClose: () => void
  onDone: (change: TagChange) => void
}

/** A new name for a tag; that another tag has it is said before both become one. */
export function RenameDialog({ tag, tags, onClose, onDone }: Props & { tags: readonly TagUse[] }) {
  const { t } = useTranslation()
  const [name, setName] = useState(tag.name)
  const plan = renamePlan(tags, tag.name, name)
  const rename = useMutation({
    mutationFn: (to: string) => api<TagChange>('POST', '/api/tags/rename', { from: tag.name, to }),
    onSuccess: onDone
  })
  const count = (calls: number): string => t('tags.callCount', { count: calls })
  return (
    <FormDialog
      title={t('tags.renameTitle', { name: tag.name })}
      error={rename.error}
      isBusy={rename.isPending}
      isDisabled={plan.kind === 'nothing'}
      saveLabel={t(plan.kind === 'merge' ? 'tags.mergeButton' : 'tags.renameButton')}
      onSubmit={() => plan.kind !== 'nothing' && rename.mutate(plan.to)}
      onClose={onClose}
      testId="tag-form"
      saveTestId="tag-save"
    >
      <TextInput
        label={t('tags.newName')}
        value={name}
        maxLength={50}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
        data-testid="tag-name"
      />
      <Text fz="sm" role="status" data-testid="tag-plan" data-plan={plan.kind}>
        {plan.kind === 'merge'
          ? t('tags.willMerge', {
              ...{ name: tag.name, to: plan.to },
              ...{ from: count(tag.calls), other: count(plan.other) }
            })
          : t('tags.willRename', { count: tag.calls })}
      </Text>
      <GoOn tag={tag} />
    </FormDialog>
  )
}

/** Asks before a tag is taken off all calls, and says which schemes put it on new ones. */
export function RemoveDialog({ tag, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const remove = useMutation({
    mutationFn: () => api<TagChange>('POST', '/api/tags/remove', { name: tag.name }),
    onSuccess: onDone
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('tags.removeTitle', { name: tag.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      centered
    >
      <Stack gap="sm" data-testid="tag-removal">
        {remove.isError && (
          <Alert color="rust" role="alert">
            {explain(remove.error)}
          </Alert>
        )}
        <Text>{t('tags.willRemove', { count: tag.calls })}</Text>
        <GoOn tag={tag} />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button
            color="rust"
            loading={remove.isPending}
            onClick={() => remove.mutate()}
            data-testid="confirm"
          >
            {t('tags.removeButton')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Schemes are not changed with the calls: whoever changes a tag should know which go on with the old one. */
function GoOn({ tag: { name, schemes } }: { tag: TagUse }) {
  const { t } = useTranslation()
  if (schemes.length === 0) return null
  return (
    <Alert color="amber" data-testid="tag-schemes">
      <Text fz="sm">{t('tags.schemesGoOn', { name })}</Text>
      <SchemeLinks schemes={schemes} />
    </Alert>
  )
}

/** Schemes that set a tag; each leads to its editor. */
export function SchemeLinks({ schemes }: Pick<TagUse, 'schemes'>) {
  const { t } = useTranslation()
  return (
    <List fz="sm" spacing={2} listStyleType="none">
      {schemes.map(({ id, name, isPublished }) => (
        <List.Item key={id}>
          <Anchor component={Link} to={`/schemes/${id}`} fz="sm" c="inherit" underline="always">
            {name}
          </Anchor>
          {!isPublished && ` (${t('tags.draft')})`}
        </List.Item>
      ))}
    </List>
  )
}
