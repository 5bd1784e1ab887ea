import { Button, Group, Select, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkChange } from '../../../api/contract/bulk.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { TagsField } from '../lib/tags-field.tsx'
import { toast } from '../lib/toast.tsx'
import styles from './contacts.module.css'
import { useContactsChanged, useContactTags } from './queries.ts'

/** Gives many clients tags or a responsible at once; taken back at once too. */
export function BulkBar({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation()
  const users = useUsers()
  const known = useContactTags()
  const changed = useContactsChanged()
  const [tags, setTags] = useState<string[]>([])
  const undo = useMutation({
    mutationFn: (id: string) => api('POST', `/api/bulk-changes/${id}/undo`),
    onSuccess: async () => {
      toast('pine', t('crm.undone'), 3000)
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const change = useMutation({
    mutationFn: (wanted: object) =>
      api<BulkChange>('POST', '/api/bulk-changes', { things: 'contacts', ids, change: wanted }),
    onSuccess: ({ id, count }) => {
      toast('pine', t('contacts.bulk.done', { count }), 10_000, {
        label: t('crm.undo'),
        run: () => undo.mutate(id)
      })
      onDone()
      inBackground(changed())
    },
    onError: (error) => toast('rust', explain(error))
  })
  const people = (users.data ?? []).filter(({ isActive, role }) => isActive && role !== 'marketer')
  return (
    <Group className={styles.bulk ?? ''} gap="sm" role="region" aria-label={t('contacts.bulk.title')}>
      <Text fw={600} fz="sm" role="status" data-testid="picked">
        {t('contacts.bulk.picked', { count: ids.length })}
      </Text>
      <TagsField
        size="xs"
        miw={190}
        aria-label={t('contacts.bulk.tags')}
        placeholder={tags.length === 0 ? t('contacts.bulk.tags') : ''}
        data={(known.data?.items ?? []).map(({ name }) => name)}
        maxTags={10}
        value={tags}
        onChange={setTags}
        data-testid="bulk-tags"
      />
      <Button
        size="xs"
        variant="default"
        disabled={tags.length === 0}
        loading={change.isPending}
        onClick={() => change.mutate({ addTags: tags })}
        data-testid="bulk-add-tags"
      >
        {t('contacts.bulk.add')}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={tags.length === 0}
        loading={change.isPending}
        onClick={() => change.mutate({ removeTags: tags })}
      >
        {t('contacts.bulk.remove')}
      </Button>
      <Select
        size="xs"
        w={190}
        aria-label={t('contacts.bulk.owner')}
        placeholder={t('contacts.bulk.owner')}
        searchable
        data={[
          { value: 'none', label: t('contacts.noOwner') },
          ...people.map(({ id, name }) => ({ value: id, label: name }))
        ]}
        value={null}
        onChange={(id) => id !== null && change.mutate({ ownerId: id === 'none' ? null : id })}
        data-testid="bulk-owner"
      />
      <Button size="xs" variant="subtle" ml="auto" onClick={onDone}>
        {t('contacts.bulk.clear')}
      </Button>
    </Group>
  )
}
