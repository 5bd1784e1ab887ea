import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  Popover,
  Stack,
  Text,
  TextInput,
  Tooltip
} from '@mantine/core'
import { IconBookmark, IconDots, IconUsers } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { SavedView } from '../../../api/contract/journal.ts'
import { useMe } from '../session/session.ts'
import { api, type Page } from './api.ts'
import { explain } from './explain.ts'
import { toast } from './toast.tsx'

interface Props {
  /** `journal`, `reports/sources` … */
  page: string
  /** The query of the address as it is now. */
  query: string
  onOpen: (query: string) => void
}

type Change = Partial<Pick<SavedView, 'name' | 'query' | 'isShared'>>

function useViews(page: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const key = ['saved-views', page]
  const views = useQuery({
    queryKey: key,
    queryFn: () => api<Page<SavedView>>('GET', `/api/saved-views?limit=200&page=${encodeURIComponent(page)}`)
  })
  const work = useMutation({
    mutationFn: (ask: () => Promise<unknown>) => ask(),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    onError: (error) => toast('rust', explain(error))
  })
  const create = (view: Pick<SavedView, 'name' | 'query' | 'isShared'>, whenDone?: () => void): void =>
    work.mutate(() => api('POST', '/api/saved-views', { page, ...view }), {
      onSuccess: () => {
        toast('pine', t('views.saved', { name: view.name }), 2500)
        whenDone?.()
      }
    })
  return {
    items: views.data?.items ?? [],
    isBusy: work.isPending,
    create,
    change: (id: string, change: Change) => work.mutate(() => api('PATCH', `/api/saved-views/${id}`, change)),
    remove: (view: SavedView) =>
      work.mutate(() => api('DELETE', `/api/saved-views/${view.id}`), {
        onSuccess: () =>
          toast('amber', t('views.deleted', { name: view.name }), 8000, {
            label: t('views.undo'),
            run: () => create(view)
          })
      })
  }
}

/** Views of a page that people keep under a name: their own, and what colleagues share. */
export function SavedViews({ page, query, onOpen }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const views = useViews(page)
  const [isOpen, setOpen] = useState(false)
  const mayShare = me.role !== 'operator'
  const own = views.items.filter((view) => view.isOwn)
  const shared = views.items.filter((view) => !view.isOwn)
  const open = (view: SavedView): void => {
    setOpen(false)
    onOpen(view.query)
  }
  const list = (title: string, items: readonly SavedView[]) =>
    items.length > 0 && (
      <div>
        <div className="eyebrow" style={{ marginBottom: 4 }}>
          {title}
        </div>
        {items.map((view) => (
          <ViewRow
            key={view.id}
            view={view}
            isCurrent={view.query === query}
            mayShare={mayShare}
            mayChange={view.isOwn || me.role === 'admin'}
            onOpen={() => open(view)}
            onChange={(change) => views.change(view.id, change)}
            onRemove={() => views.remove(view)}
            query={query}
          />
        ))}
      </div>
    )
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" width={320} trapFocus>
      <Popover.Target>
        <Tooltip label={t('views.title')}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('views.title')}
            onClick={() => setOpen(!isOpen)}
            data-testid="saved-views"
          >
            <IconBookmark size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown data-testid="saved-views-box">
        <Stack gap="sm">
          {views.items.length === 0 && (
            <Text fz="sm" c="dimmed">
              {t('views.none')}
            </Text>
          )}
          {list(t('views.own'), own)}
          {list(t('views.shared'), shared)}
          <NewView
            mayShare={mayShare}
            isBusy={views.isBusy}
            onSave={(name, isShared, whenDone) => views.create({ name, query, isShared }, whenDone)}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function ViewRow({
  view,
  isCurrent,
  mayShare,
  mayChange,
  onOpen,
  onChange,
  onRemove,
  query
}: {
  view: SavedView
  isCurrent: boolean
  mayShare: boolean
  mayChange: boolean
  onOpen: () => void
  onChange: (change: Change) => void
  onRemove: () => void
  query: string
}) {
  const { t } = useTranslation()
  const [isRenamed, setRenamed] = useState(false)
  const rename = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const given = new FormData(event.currentTarget).get('name')
    const name = typeof given === 'string' ? given.trim() : ''
    setRenamed(false)
    if (name && name !== view.name) onChange({ name })
  }
  if (isRenamed) {
    return (
      <form onSubmit={rename}>
        <TextInput
          size="xs"
          name="name"
          aria-label={t('views.name')}
          defaultValue={view.name}
          maxLength={100}
          autoFocus
          onBlur={() => setRenamed(false)}
        />
      </form>
    )
  }
  return (
    <Group gap={4} wrap="nowrap" data-testid="saved-view">
      <Button
        variant={isCurrent ? 'light' : 'subtle'}
        color={isCurrent ? 'pine' : 'gray'}
        {...(!isCurrent && { c: 'inherit' })}
        size="xs"
        justify="start"
        fullWidth
        onClick={onOpen}
        title={view.isOwn ? view.name : t('views.by', { name: view.userName })}
        rightSection={view.isShared && <IconUsers size={13} opacity={0.6} aria-label={t('views.shared')} />}
      >
        <span className="cut">{view.name}</span>
      </Button>
      {mayChange && (
        <Menu position="bottom-end" shadow="md" withinPortal={false}>
          <Menu.Target>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('views.actions', { name: view.name })}
              data-testid="view-actions"
            >
              <IconDots size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setRenamed(true)}>{t('views.rename')}</Menu.Item>
            {!isCurrent && <Menu.Item onClick={() => onChange({ query })}>{t('views.replace')}</Menu.Item>}
            {mayShare && (
              <Menu.Item onClick={() => onChange({ isShared: !view.isShared })}>
                {t(view.isShared ? 'views.unshare' : 'views.share')}
              </Menu.Item>
            )}
            <Menu.Item color="rust" onClick={onRemove} data-testid="view-delete">
              {t('views.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}

function NewView({
  mayShare,
  isBusy,
  onSave
}: {
  mayShare: boolean
  isBusy: boolean
  onSave: (name: string, isShared: boolean, whenDone: () => void) => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [isShared, setShared] = useState(false)
  const save = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (name.trim()) onSave(name.trim(), isShared, () => setName(''))
  }
  return (
    <form onSubmit={save}>
      <Stack gap={8}>
        <Group gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t('views.name')}
            placeholder={t('views.name')}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="view-name"
          />
          <Button size="xs" type="submit" disabled={!name.trim()} loading={isBusy} data-testid="view-save">
            {t('common.save')}
          </Button>
        </Group>
        {mayShare && (
          <Checkbox
            size="xs"
            label={t('views.share')}
            checked={isShared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </form>
  )
}
