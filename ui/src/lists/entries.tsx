import { ActionIcon, Button, Group, Select, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallerList, CallerListEntry } from '../../../api/contract/callers.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import settings from '../settings/settings.module.css'
import { entryName, useMoveCaller } from './use-lists.ts'

const dayMs = 86_400_000
const lasting = ['always', '7', '30', '90'] as const

/** One more number, with a word about it and for how long. */
function Add({ list }: { list: CallerList }) {
  const { t } = useTranslation()
  const move = useMoveCaller()
  const [phone, setPhone] = useState('')
  const [note, setNote] = useState('')
  const [days, setDays] = useState<string>(lasting[0])
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    const expiresAt = days === 'always' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString()
    const wish = { list, phone: phone.trim(), note: note.trim() || null, expiresAt }
    move.mutate(wish, {
      onSuccess: () => {
        setPhone('')
        setNote('')
      }
    })
  }
  return (
    <form onSubmit={onSubmit}>
      <Group gap="xs" align="flex-end">
        <TextInput
          w={190}
          label={t('callerLists.number')}
          placeholder="+7 916 111-22-33"
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
          data-testid="entry-phone"
        />
        <TextInput
          flex="1 1 150px"
          label={t('callerLists.note')}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Select
          w={140}
          label={t('callerLists.until')}
          data={lasting.map((value) => ({
            value,
            label:
              value === 'always' ? t('callerLists.always') : t('callerLists.days', { count: Number(value) })
          }))}
          value={days}
          allowDeselect={false}
          onChange={(value) => setDays(value ?? lasting[0])}
        />
        <Button
          type="submit"
          leftSection={<IconPlus size={16} />}
          disabled={phone.trim() === ''}
          loading={move.isPending}
          data-testid="entry-add"
        >
          {t('callerLists.add')}
        </Button>
      </Group>
      <Text c="dimmed" fz="xs" mt={6}>
        {t('callerLists.numberHelp')}
      </Text>
    </form>
  )
}

/** Who is on a list, the newest first. */
export function Entries({ list }: { list: CallerList }) {
  const { t } = useTranslation()
  const move = useMoveCaller()
  const [typed, setTyped] = useState('')
  const search = useDeferredValue(typed.trim())
  const found = useInfiniteQuery({
    queryKey: ['caller-entries', list.id, search],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ listId: list.id, limit: '50' })
      if (search !== '') query.set('search', search)
      if (pageParam !== null) query.set('cursor', pageParam)
      return api<Page<CallerListEntry>>('GET', `/api/caller-entries?${query.toString()}`)
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before
  })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const remove = (entry: CallerListEntry): void => {
    const { id, phone, isPrefix, note, expiresAt } = entry
    move.mutate({ list, phone: isPrefix ? `${phone}*` : phone, note, expiresAt, entryId: id })
  }
  return (
    <div className="sheet" data-testid="entries">
      <Stack gap="md" p="md">
        <Add key={list.id} list={list} />
        {(list.size > 0 || search !== '') && (
          <TextInput
            leftSection={<IconSearch size={16} />}
            placeholder={t('callerLists.search')}
            aria-label={t('callerLists.search')}
            maw={320}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Stack>
      {found.isPending && <Skeleton height={90} m="md" />}
      {found.isError && (
        <Stack p="lg" align="center">
          <Text>{explain(found.error)}</Text>
          <Button variant="default" onClick={() => inBackground(found.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {found.isSuccess && items.length === 0 && (
        <Text c="dimmed" ta="center" p="lg" pt={4}>
          {t(search === '' ? `callerLists.empty.${list.kind}` : 'callerLists.notFound')}
        </Text>
      )}
      {items.length > 0 && (
        <div className={settings.tableSheet}>
          <Table verticalSpacing={8} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('callerLists.number')}</Table.Th>
                <Table.Th>{t('callerLists.note')}</Table.Th>
                <Table.Th>{t('callerLists.who')}</Table.Th>
                <Table.Th>{t('callerLists.until')}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((entry) => (
                <Table.Tr key={entry.id} data-testid="entry-row">
                  <Table.Td className="num" style={{ whiteSpace: 'nowrap' }}>
                    {entryName(entry)}
                  </Table.Td>
                  <Table.Td>
                    <Text fz="sm" lineClamp={2} maw={260}>
                      {entry.note ?? '–'}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {entry.createdBy?.name ?? '–'}
                    <Text c="dimmed" fz="xs">
                      {dayOf(entry.createdAt)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {entry.expiresAt === null
                      ? t('callerLists.always')
                      : Date.parse(entry.expiresAt) < Date.now()
                        ? t('callerLists.over')
                        : dayOf(entry.expiresAt)}
                  </Table.Td>
                  <Table.Td ta="right">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('common.remove')}: ${entryName(entry)}`}
                      onClick={() => remove(entry)}
                      data-testid="entry-remove"
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {found.hasNextPage && (
        <Group justify="center" p="sm">
          <Button
            variant="subtle"
            loading={found.isFetchingNextPage}
            onClick={() => inBackground(found.fetchNextPage())}
          >
            {t('callerLists.more')}
          </Button>
        </Group>
      )}
    </div>
  )
}
