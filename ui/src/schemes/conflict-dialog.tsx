import { Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { mergeSchemes, type MergeConflict } from '../../../ivr/merge.ts'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { Changes } from './changes.tsx'
import type { Draft } from './use-draft.ts'
import { blockWord, exitWord, settingWord } from './words.ts'

/** Somebody else has saved the draft: both sides, and how to put them together. */
export function ConflictDialog({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const { theirs, base, editing, settle } = draft
  if (!theirs) return null
  const mine = editing.scheme
  const { scheme, conflicts } = mergeSchemes(base.scheme, mine, theirs.draft, 'mine')
  const merge = (merged: Scheme): void => {
    settle(merged)
    toast('pine', t('schemes.conflict.merged'))
  }
  return (
    <Modal
      opened
      onClose={() => merge(scheme)}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      size="lg"
      title={t('schemes.conflict.title')}
      data-testid="conflict"
    >
      <Stack gap="md">
        <Text fz="sm">
          {t('schemes.conflict.text', {
            name: theirs.savedBy?.name ?? t('schemes.conflict.somebody'),
            time: timeOfDay(theirs.savedAt)
          })}
        </Text>
        <section>
          <Text className="eyebrow" mb={4}>
            {t('schemes.conflict.theirs')}
          </Text>
          <Changes before={base.scheme} after={theirs.draft} nothing={t('schemes.versions.same')} />
        </section>
        <section>
          <Text className="eyebrow" mb={4}>
            {t('schemes.conflict.mine')}
          </Text>
          <Changes before={base.scheme} after={mine} nothing={t('schemes.versions.same')} />
        </section>
        {conflicts.length === 0 ? (
          <Text fz="sm" c="pine">
            {t('schemes.conflict.none')}
          </Text>
        ) : (
          <section>
            <Text className="eyebrow" mb={4} c="rust">
              {t('schemes.conflict.both')}
            </Text>
            <List size="sm">
              {conflicts.map((conflict) => (
                <List.Item key={`${conflict.block ?? ''} ${conflict.part}`}>
                  <ConflictWords conflict={conflict} scheme={scheme} />
                </List.Item>
              ))}
            </List>
          </section>
        )}
        <Group justify="flex-end" gap={8}>
          <Button
            variant="subtle"
            color="gray"
            onClick={() => settle(theirs.draft)}
            data-testid="take-theirs"
          >
            {t('schemes.conflict.takeTheirs')}
          </Button>
          {conflicts.length > 0 && (
            <Button
              variant="default"
              onClick={() => merge(mergeSchemes(base.scheme, mine, theirs.draft, 'theirs').scheme)}
            >
              {t('schemes.conflict.preferTheirs')}
            </Button>
          )}
          <Button onClick={() => merge(scheme)} data-testid="merge">
            {conflicts.length > 0 ? t('schemes.conflict.preferMine') : t('schemes.conflict.merge')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function ConflictWords({ conflict, scheme }: { conflict: MergeConflict; scheme: Scheme }) {
  const { t } = useTranslation()
  const { block, part } = conflict
  const name = part.slice(part.indexOf('.') + 1)
  const what = part.startsWith('settings.')
    ? settingWord(name)
    : part.startsWith('exits.')
      ? exitWord(block === null ? null : blockOf(scheme, block), name)
      : t(`schemes.conflictPart.${part as 'label'}`)
  return block === null ? what : `«${blockWord(scheme, block)}»: ${what}`
}
