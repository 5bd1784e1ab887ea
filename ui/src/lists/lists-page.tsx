import { ActionIcon, Button, Group, Skeleton, Stack, Tabs, Text, Title } from '@mantine/core'
import {
  IconBan,
  IconClipboardText,
  IconListCheck,
  IconPencil,
  IconPlus,
  IconStar
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallerList } from '../../../api/contract/callers.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { RemoveButton } from '../settings/remove-button.tsx'
import { ResourceForm } from '../settings/resource-form.tsx'
import { Entries } from './entries.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { CallerRulesForm } from './rules.tsx'
import { Suggestions } from './suggestions.tsx'
import { listName, useCallerLists } from './use-lists.ts'

const icons = { spam: IconBan, vip: IconStar, own: IconListCheck } as const

/** What the list is, and what can be done with it as a whole. */
function ListHead({
  list,
  onImport,
  onRename
}: {
  list: CallerList
  onImport: () => void
  onRename: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/caller-lists/${list.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['caller-lists'] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Group justify="space-between" align="flex-start" my="sm">
      <div>
        <Text maw={560}>{t(`callerLists.about.${list.kind}`)}</Text>
        <Text c="dimmed" fz="sm">
          {t('callerLists.calls30', { count: list.calls30 })}
        </Text>
      </div>
      <Group gap={6}>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconClipboardText size={16} />}
          onClick={onImport}
          data-testid="import-callers"
        >
          {t('callerLists.import.open')}
        </Button>
        {list.kind === 'own' && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`${t('callerLists.rename')}: ${list.name}`}
              onClick={onRename}
            >
              <IconPencil size={17} />
            </ActionIcon>
            <RemoveButton name={list.name} onConfirm={() => remove.mutate()} testId="remove-caller-list" />
          </>
        )}
      </Group>
    </Group>
  )
}

/** Callers who are treated otherwise than others: spam, VIPs, and lists of the company's own. */
export default function CallerListsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const lists = useCallerLists()
  const [chosen, setChosen] = useState<string | null>(null)
  const [dialog, setDialog] = useState<'import' | 'new' | 'rename' | null>(null)
  const list = lists.data?.find(({ id }) => id === chosen) ?? lists.data?.[0]
  const spam = lists.data?.find(({ kind }) => kind === 'spam')
  return (
    <section>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Title order={1} size="h2">
            {t('callerLists.title')}
          </Title>
          <Text c="dimmed" maw={620}>
            {t('callerLists.text')}
          </Text>
        </div>
        <Button
          leftSection={<IconPlus size={16} />}
          onClick={() => setDialog('new')}
          data-testid="add-caller-lists"
        >
          {t('callerLists.new')}
        </Button>
      </Group>
      {lists.isPending && <Skeleton height={220} radius="lg" />}
      {lists.isError && !lists.data && (
        <Stack align="flex-start">
          <Text>{explain(lists.error)}</Text>
          <Button variant="default" onClick={() => inBackground(lists.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {spam && <Suggestions spam={spam} />}
      {list && (
        <>
          <Tabs value={list.id} onChange={setChosen}>
            <Tabs.List>
              {lists.data?.map((each) => {
                const Icon = icons[each.kind]
                return (
                  <Tabs.Tab
                    key={each.id}
                    value={each.id}
                    leftSection={<Icon size={16} />}
                    rightSection={<span className="num">{each.size}</span>}
                    data-testid={`list-${each.kind}`}
                  >
                    {listName(each, t)}
                  </Tabs.Tab>
                )
              })}
            </Tabs.List>
            <Tabs.Panel value={list.id}>
              <ListHead
                list={list}
                onImport={() => setDialog('import')}
                onRename={() => setDialog('rename')}
              />
              <Entries key={list.id} list={list} />
            </Tabs.Panel>
          </Tabs>
          {me.role === 'admin' && (
            <div style={{ marginTop: 28 }}>
              <CallerRulesForm />
            </div>
          )}
        </>
      )}
      {dialog === 'import' && list && <ImportDialog list={list} onClose={() => setDialog(null)} />}
      {(dialog === 'new' || (dialog === 'rename' && list)) && (
        <ResourceForm
          title={t(dialog === 'new' ? 'callerLists.new' : 'callerLists.rename')}
          path="/api/caller-lists"
          id={dialog === 'rename' && list ? list.id : null}
          fields={[{ name: 'name', label: t('callerLists.name'), type: 'text', isRequired: true }]}
          initial={{ name: dialog === 'rename' && list ? list.name : '' }}
          toBody={(values) => values}
          onClose={() => setDialog(null)}
          onSaved={(answer) => {
            setChosen((answer as { id: string }).id)
            inBackground(client.invalidateQueries({ queryKey: ['caller-lists'] }))
          }}
        />
      )}
    </section>
  )
}
