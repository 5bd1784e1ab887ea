import '../styles/later.ts'
import { ActionIcon, Button, Group, Table, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconPencil, IconSearch, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { TagChange, TagUse, TagUses } from '../../../api/contract/tags.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
import { RemoveDialog, RenameDialog, SchemeLinks } from './change-dialogs.tsx'
import { tagsFound } from './plan.ts'

/** So long is the way back offered in the corner; above the list it stands for a day. */
const undoMs = 10_000

type Asked = { what: 'rename' | 'remove'; tag: TagUse } | null

/** Tags of calls: who carries them, and what can be done to all of one. */
export default function TagsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [search, setSearch] = useState('')
  const [asked, setAsked] = useState<Asked>(null)
  const uses = useQuery({
    queryKey: ['tags', 'all'],
    queryFn: () => api<TagUses>('GET', '/api/tags/all')
  })
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['tags'] }),
      client.invalidateQueries({ queryKey: ['calls'] })
    ])
  const undo = useMutation({
    mutationFn: (id: string) => api<{ calls: number }>('POST', `/api/tags/changes/${id}/undo`),
    onSuccess: ({ calls }) => toast('pine', t('tags.undone', { count: calls })),
    onError: (error) => toast('rust', explain(error)),
    onSettled: refresh
  })
  const changed = (change: TagChange): void => {
    setAsked(null)
    const words = { count: change.calls }
    const told = change.to === null ? t('tags.removed', words) : t('tags.renamed', words)
    toast('pine', told, undoMs, { label: t('tags.undo'), run: () => undo.mutate(change.id) })
    inBackground(refresh())
  }
  const all = uses.data?.items ?? []
  const shown = { ...uses, data: uses.data && tagsFound(all, search) }
  const last = uses.data?.last ?? null
  return (
    <section>
      <Title order={1} size="h2">
        {t('setup.tags')}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {t('tags.text')}
      </Text>
      <Group mb="sm" gap="md">
        <TextInput
          aria-label={t('tags.search')}
          placeholder={t('tags.search')}
          leftSection={<IconSearch size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={220}
          data-testid="tag-search"
        />
        {last && <LastChange change={last} isBusy={undo.isPending} onUndo={() => undo.mutate(last.id)} />}
      </Group>
      <TableSheet
        query={shown}
        empty={t(search.trim() === '' ? 'tags.empty' : 'tags.nothing')}
        head={
          <>
            <Table.Th>{t('tags.name')}</Table.Th>
            <Table.Th ta="right">{t('tags.calls')}</Table.Th>
            <Table.Th>{t('tags.lastAt')}</Table.Th>
            <Table.Th>{t('tags.setBy')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(tag) => (
          <Row
            key={tag.name}
            tag={tag}
            onRename={() => setAsked({ what: 'rename', tag })}
            onRemove={() => setAsked({ what: 'remove', tag })}
          />
        )}
      />
      {asked?.what === 'rename' && (
        <RenameDialog tag={asked.tag} tags={all} onClose={() => setAsked(null)} onDone={changed} />
      )}
      {asked?.what === 'remove' && (
        <RemoveDialog tag={asked.tag} onClose={() => setAsked(null)} onDone={changed} />
      )}
    </section>
  )
}

function Row({ tag, onRename, onRemove }: { tag: TagUse; onRename: () => void; onRemove: () => void }) {
  const { t } = useTranslation()
  const { name, calls, lastAt, schemes } = tag
  const actions = [
    { what: 'rename', icon: IconPencil, label: t('tags.rename', { name }), run: onRename },
    { what: 'remove', icon: IconTrash, label: t('tags.remove', { name }), run: onRemove }
  ]
  return (
    <Table.Tr data-testid="tags-row" data-tag={name}>
      <Table.Td fw={580} style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Table.Td>
      <Table.Td ta="right" className="num">
        {calls > 0 ? (
          <Link
            className={styles.openLink ?? ''}
            to={`/journal?period=all&tag=${encodeURIComponent(name)}`}
            aria-label={t('tags.showCalls', { count: calls, name })}
            data-testid="tag-calls"
          >
            {calls}
          </Link>
        ) : (
          0
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {lastAt === null ? <span className={styles.quiet}>{t('tags.never')}</span> : dayOf(lastAt)}
      </Table.Td>
      <Table.Td>{schemes.length > 0 ? <SchemeLinks schemes={schemes} /> : '–'}</Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {actions.map(({ what, icon: Icon, label, run }) => (
            <Tooltip key={what} label={calls > 0 ? label : t('tags.bySchemeOnly')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                className={calls > 0 ? (styles.quiet ?? '') : (styles.move ?? '')}
                aria-label={label}
                // Still reached by the keyboard, so that the reason is read.
                {...(calls === 0 && { 'data-disabled': true, 'aria-disabled': true })}
                onClick={() => calls > 0 && run()}
                data-testid={`tag-${what}`}
              >
                <Icon size={16} />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function LastChange(props: { change: TagChange; isBusy: boolean; onUndo: () => void }) {
  const { change, isBusy, onUndo } = props
  const { t } = useTranslation()
  const words = {
    ...{ from: change.from, calls: t('tags.callCount', { count: change.calls }) },
    ...{ at: fullTime(change.createdAt), who: change.createdBy?.name ?? '–' }
  }
  return (
    <Group gap="xs" data-testid="last-tag-change">
      <Text fz="sm" c="dimmed">
        {change.to === null ? t('tags.lastRemove', words) : t('tags.lastRename', { ...words, to: change.to })}
      </Text>
      <Button size="compact-sm" variant="subtle" loading={isBusy} onClick={onUndo} data-testid="tag-undo">
        {t('tags.undo')}
      </Button>
    </Group>
  )
}
