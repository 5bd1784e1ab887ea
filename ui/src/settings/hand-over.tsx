import {
  Alert,
  Anchor,
  Badge,
  Checkbox,
  Group,
  List,
  Loader,
  MultiSelect,
  Select,
  Stack,
  Text
} from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { HandOver, HandOverPreview, HandOverUndone } from '../../../api/contract/hand-over.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { UsageKindLine } from './usage-list.tsx'

export const countKinds = [
  'contact',
  'company',
  'inquiry',
  'deal',
  'task',
  'project',
  'membership',
  'callback',
  'group'
] as const
/** So long is the way back offered in the corner; the page of hand-overs offers it later on. */
const undoMs = 15_000

/** All lists may tell of somebody else now. */
export function useGiveBack() {
  const { t } = useTranslation()
  const client = useQueryClient()
  return async ({ id, user }: Pick<HandOver, 'id' | 'user'>): Promise<void> => {
    try {
      const { back, kept } = await api<HandOverUndone>('POST', `/api/hand-overs/${id}/undo`)
      const given = t('handOver.gaveBack', { name: user.name, count: back })
      toast('pine', kept > 0 ? `${given} ${t('handOver.kept', { count: kept })}` : given)
    } catch (error) {
      toast('rust', explain(error))
    }
    await client.invalidateQueries()
  }
}

/** Somebody leaves: who takes over, what that is, and what else names them. @param user null: asked for first */
export default function HandOverDialog({
  user,
  onClose
}: {
  user: { id: string; name: string } | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const giveBack = useGiveBack()
  const users = useUsers()
  const [chosen, setChosen] = useState(user?.id ?? null)
  const [toIds, setToIds] = useState<string[]>([])
  const [withGroups, setWithGroups] = useState(true)
  const [block, setBlock] = useState(true)
  const people = users.data ?? []
  const leaver = people.find(({ id }) => id === chosen) ?? null
  const canBlock =
    leaver !== null &&
    leaver.isActive &&
    leaver.id !== me.id &&
    (me.role === 'admin' || leaver.role !== 'admin')
  const takers = people.filter(({ id, isActive, role }) => isActive && role !== 'marketer' && id !== chosen)
  const preview = useQuery({
    queryKey: ['hand-over', chosen, toIds],
    queryFn: () =>
      api<HandOverPreview>('GET', `/api/users/${chosen ?? ''}/hand-over${query({ toIds: toIds.join(',') })}`),
    enabled: chosen !== null,
    // What was counted stays while it is counted for one taker more.
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0
  })
  const save = useMutation({
    mutationFn: () =>
      api<HandOver>('POST', `/api/users/${chosen ?? ''}/hand-over`, {
        toIds,
        withGroups,
        block: block && canBlock
      }),
    onSuccess: async (made) => {
      const undo = { label: t('handOver.undo'), run: () => inBackground(giveBack(made)) }
      toast('pine', t('handOver.done', { name: made.user.name }), undoMs, undo)
      onClose()
      await client.invalidateQueries()
    }
  })
  const groups = preview.data?.groups ?? []
  return (
    <FormDialog
      title={user ? t('handOver.titleOf', { name: user.name }) : t('handOver.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={chosen === null || toIds.length === 0 || !preview.isSuccess || preview.isPlaceholderData}
      saveLabel={t('handOver.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="hand-over"
      saveTestId="hand-over-save"
      size="lg"
    >
      <Text c="dimmed" fz="sm">
        {t('handOver.text')}
      </Text>
      {!user && (
        <Select
          label={t('handOver.who')}
          placeholder={t('handOver.choose')}
          data={people.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen}
          onChange={(id) => {
            setChosen(id)
            setToIds(toIds.filter((each) => each !== id))
          }}
          searchable
          nothingFoundMessage={t('common.nothingFound')}
          data-testid="hand-over-who"
        />
      )}
      <MultiSelect
        label={t('handOver.to')}
        description={t('handOver.toHelp')}
        {...(toIds.length === 0 && { placeholder: t('handOver.choose') })}
        data={takers.map(({ id, name }) => ({ value: id, label: name }))}
        value={toIds}
        onChange={setToIds}
        maxValues={20}
        searchable
        nothingFoundMessage={t('common.nothingFound')}
        data-testid="hand-over-to"
      />
      {chosen !== null && preview.isPending && <Loader size="sm" />}
      {preview.isError && (
        <Alert color="rust" role="alert">
          {explain(preview.error)}
        </Alert>
      )}
      {preview.data && (
        <Preview preview={preview.data} nameOf={(id) => people.find((each) => each.id === id)?.name ?? '–'} />
      )}
      {groups.length > 0 && (
        <Checkbox
          label={t('handOver.withGroups')}
          description={groups.map(({ name }) => name).join(', ')}
          checked={withGroups}
          onChange={(event) => setWithGroups(event.currentTarget.checked)}
        />
      )}
      {canBlock && (
        <Checkbox
          label={t('handOver.block')}
          description={t('handOver.blockHelp')}
          checked={block}
          onChange={(event) => setBlock(event.currentTarget.checked)}
          data-testid="hand-over-block"
        />
      )}
      {preview.data && <Named preview={preview.data} />}
    </FormDialog>
  )
}

/** How much there is of each kind; kinds without any are left out. */
export function Counts({ counts }: { counts: HandOver['counts'] }): ReactNode {
  const { t } = useTranslation()
  const there = countKinds.filter((kind) => counts[kind] > 0)
  if (there.length === 0) return <Text fz="sm">{t('handOver.nothing')}</Text>
  return (
    <Group gap={6} data-testid="hand-over-counts">
      {there.map((kind) => (
        <Badge key={kind} variant="light" color="gray" tt="none" fw={500}>
          {t(`handOver.kind.${kind}`)}: {counts[kind].toLocaleString()}
        </Badge>
      ))}
    </Group>
  )
}

function Preview({ preview, nameOf }: { preview: HandOverPreview; nameOf: (id: string) => string }) {
  const { t } = useTranslation()
  const { counts, shares } = preview
  return (
    <Stack gap={6}>
      <Text fz="sm" fw={600}>
        {t('handOver.has')}
      </Text>
      <Counts counts={counts} />
      {shares.length > 1 && (
        <List fz="sm" spacing={2} data-testid="hand-over-shares">
          {shares.map(({ userId, contacts, things }) => (
            <List.Item key={userId}>
              {t('handOver.share', { name: nameOf(userId), count: things, contacts })}
            </List.Item>
          ))}
        </List>
      )}
      <Text c="dimmed" fz="xs">
        {t('handOver.closed')}
      </Text>
    </Stack>
  )
}

/** What people have to look at themselves. */
function Named({ preview: { named, rules } }: { preview: HandOverPreview }) {
  const { t } = useTranslation()
  if (named.length === 0 && rules.length === 0) return null
  return (
    <Alert color="amber" title={t('handOver.named')} data-testid="hand-over-named">
      <Text fz="sm" mb={6}>
        {t('handOver.namedText')}
      </Text>
      <List fz="sm" spacing={2}>
        {named.map((reference) => (
          <List.Item key={`${reference.kind} ${reference.effect}`}>
            <UsageKindLine reference={reference} />
          </List.Item>
        ))}
        {rules.length > 0 && (
          <List.Item>
            {`${t('handOver.rules')}: `}
            {rules.map(({ id, name }, at) => (
              <span key={id}>
                {at > 0 && ', '}
                <Anchor component={Link} to="/settings/automation" inherit underline="always">
                  {name}
                </Anchor>
              </span>
            ))}
          </List.Item>
        )}
      </List>
    </Alert>
  )
}
