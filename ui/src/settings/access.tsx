import { Button, Code, CopyButton, Group, Modal, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiToken, AuditEntry } from '../../../api/contract/access.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'
import { useLater } from '../lib/use-later.ts'
import { ResourceTable } from './resource-table.tsx'
import styles from './settings.module.css'

/** Keys for machines that call the API. */
export function TokensSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const [made, setMade] = useState<string | null>(null)
  const names = new Map((users.data ?? []).map((user) => [user.id, user.name]))
  return (
    <>
      <ResourceTable<ApiToken>
        things="tokens"
        title={t('setup.tokens.title')}
        text={t('setup.tokens.text')}
        addLabel={t('setup.tokens.add')}
        nameOf={(token) => token.name}
        isFixed
        columns={[
          { header: t('settings.name'), cell: (token) => token.name },
          { header: t('setup.tokens.rights'), cell: (token) => names.get(token.userId) ?? '…' },
          { header: t('setup.since'), cell: (token) => dayOf(token.createdAt) },
          {
            header: t('setup.tokens.used'),
            cell: (token) => (token.lastUsedAt ? dayOf(token.lastUsedAt) : t('setup.tokens.never'))
          }
        ]}
        fields={() => [
          { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
          {
            name: 'userId',
            label: t('setup.tokens.rights'),
            type: 'select',
            canClear: true,
            help: t('setup.tokens.rightsHelp'),
            options: (users.data ?? []).map((user) => ({ value: user.id, label: user.name }))
          }
        ]}
        toForm={() => ({ name: '', userId: null })}
        toBody={({ name, userId }) => ({ name, ...(userId ? { userId } : {}) })}
        onSaved={(answer) => setMade((answer as { token: string }).token)}
      />
      <Modal opened={made !== null} onClose={() => setMade(null)} title={t('setup.tokens.secret')} size="md">
        <Stack>
          <Text>{t('setup.tokens.secretText')}</Text>
          <Code block data-testid="token">
            {made}
          </Code>
          <Group justify="flex-end">
            <CopyButton value={made ?? ''}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{t(copied ? 'common.copied' : 'common.copy')}</Button>
              )}
            </CopyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

/** What an entry is about, short enough for a table. */
function detail(entry: AuditEntry): string {
  const text = JSON.stringify(entry.data)
  return text === '{}' ? '' : text.slice(1, -1).replaceAll('"', '').replaceAll(',', ', ')
}

/** Who did what, when and from where. */
export function AuditSection() {
  const { t } = useTranslation()
  const [action, setAction] = useState('')
  const asked = useLater(action.trim(), 300)
  const entries = useInfiniteQuery({
    queryKey: ['audit', asked],
    queryFn: ({ pageParam }) =>
      api<Page<AuditEntry>>('GET', `/api/audit${query({ action: asked, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor
  })
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section>
      <Title order={2}>{t('setup.audit.title')}</Title>
      <Text c="dimmed" maw={620} mb="md">
        {t('setup.audit.text')}
      </Text>
      <TextInput
        mb="sm"
        maw={300}
        placeholder="call.watch"
        aria-label={t('setup.audit.action')}
        label={t('setup.audit.action')}
        value={action}
        onChange={(event) => setAction(event.currentTarget.value)}
      />
      {entries.isError && <Text c="rust">{explain(entries.error)}</Text>}
      <div className={`sheet ${styles.tableSheet}`}>
        <Table verticalSpacing={7} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('setup.audit.when')}</Table.Th>
              <Table.Th>{t('setup.audit.who')}</Table.Th>
              <Table.Th>{t('setup.audit.action')}</Table.Th>
              <Table.Th>{t('setup.audit.detail')}</Table.Th>
              <Table.Th>{t('setup.audit.from')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((entry) => (
              <Table.Tr key={entry.id} data-testid="audit-row">
                <Table.Td className="num">{fullTime(entry.at)}</Table.Td>
                <Table.Td>{entry.userName ?? '–'}</Table.Td>
                <Table.Td>
                  <code>{entry.action}</code>
                </Table.Td>
                <Table.Td>
                  <Text fz="xs" lineClamp={2} maw={320} style={{ overflowWrap: 'anywhere' }}>
                    {detail(entry)}
                  </Text>
                </Table.Td>
                <Table.Td className="num">{entry.ip ?? ''}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {!entries.isPending && rows.length === 0 && (
          <Text c="dimmed" ta="center" p="xl">
            {t('common.nothingFound')}
          </Text>
        )}
      </div>
      {entries.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={entries.isFetchingNextPage}
          onClick={() => inBackground(entries.fetchNextPage())}
        >
          {t('journal.more')}
        </Button>
      )}
    </section>
  )
}
