import '../styles/later.ts'
import { Alert, Badge, Button, Menu, Progress, Select, Skeleton, Table, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconDownload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { ClientImport, ClientImportPreview } from '../../../api/contract/client-imports.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { Columns } from './columns.tsx'
import styles from './imports.module.css'
import { stateColors } from './imports-page.tsx'
import { isAtWork, useImport, usePreview, type Wish } from './queries.ts'

const rowColors = { created: 'pine', updated: 'amber', skipped: 'gray', refused: 'rust' } as const
const counted = ['created', 'updated', 'skipped', 'refused'] as const

function Counts({ of }: { of: Record<(typeof counted)[number], number> }) {
  const { t } = useTranslation()
  return (
    <div className={styles.counts} data-testid="client-import-counts">
      {counted.map((state) => (
        <Badge key={state} color={rowColors[state]} variant="light" tt="none" size="lg">
          {t(`clientImports.counts.${state}`, { count: of[state] })}
        </Badge>
      ))}
    </div>
  )
}

function Rows({ seen }: { seen: ClientImportPreview }) {
  const { t } = useTranslation()
  const heading = (field: string): string => seen.fields.find(({ name }) => name === field)?.heading ?? field
  const hasTitle = seen.rows.some(({ title }) => title !== null)
  return (
    <Table.ScrollContainer minWidth={700} mah={420}>
      <Table fz="sm" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('clientImports.line')}</Table.Th>
            <Table.Th>{t('clientImports.becomes')}</Table.Th>
            {hasTitle && <Table.Th>{t('clientImports.deal')}</Table.Th>}
            <Table.Th>{t('clientImports.client')}</Table.Th>
            <Table.Th>{t('clientImports.reach')}</Table.Th>
            <Table.Th>{t('clientImports.company')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {seen.rows.map((row) => {
            const problem = seen.problems.find(({ line }) => line === row.line)
            return (
              <Table.Tr key={row.line}>
                <Table.Td className="num">{row.line}</Table.Td>
                <Table.Td>
                  <Badge color={rowColors[row.state]} variant="light" tt="none">
                    {t(`clientImports.row.${row.state}`)}
                  </Badge>
                </Table.Td>
                {problem ? (
                  <Table.Td colSpan={hasTitle ? 4 : 3} c="rust">
                    {heading(problem.field)}: {t(`clientImports.fault.${problem.code}`)}
                    {problem.value !== null && ` (${problem.value})`}
                  </Table.Td>
                ) : (
                  <>
                    {hasTitle && <Table.Td>{row.title}</Table.Td>}
                    <Table.Td>{row.name || '–'}</Table.Td>
                    <Table.Td className="num">{[...row.phones, ...row.emails].join(', ') || '–'}</Table.Td>
                    <Table.Td>{row.company ?? '–'}</Table.Td>
                  </>
                )}
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** A file that was read: its columns, the rule of doubles, and what would become of its rows. */
function Prepare({ item }: { item: ClientImport }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const users = useUsers()
  const [wish, setWish] = useState<Wish>({
    columns: item.headings.map((_, index) => item.columns[index] ?? null),
    duplicates: item.duplicates,
    ownerId: null
  })
  const preview = usePreview(item.id, wish)
  const refresh = () => client.invalidateQueries({ queryKey: ['client-imports'] })
  const start = useMutation({
    mutationFn: () => api('POST', `/api/client-imports/${item.id}/start`, wish),
    onSuccess: async () => {
      await refresh()
      await client.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const forget = useMutation({
    mutationFn: () => api('DELETE', `/api/client-imports/${item.id}`),
    onSuccess: async () => {
      await navigate('/client-imports')
      await refresh()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const seen = preview.data
  const people = (users.data ?? []).filter(({ isActive, role }) => isActive && role !== 'marketer')
  return (
    <>
      {item.isRepeated && (
        <Alert color="amber" mb={12}>
          {t('clientImports.repeated')}
        </Alert>
      )}
      <Columns
        item={item}
        seen={seen}
        columns={wish.columns}
        onChange={(columns) => setWish({ ...wish, columns })}
      />
      <section className={`sheet ${styles.card}`} aria-label={t('clientImports.rules')}>
        <div className={styles.columns}>
          <Select
            size="xs"
            label={t(`clientImports.duplicates.${item.things}`)}
            data={(['update', 'skip', 'make'] as const).map((value) => ({
              value,
              label: t(`clientImports.duplicates.${value}`)
            }))}
            value={wish.duplicates}
            onChange={(duplicates) => duplicates && setWish({ ...wish, duplicates })}
            allowDeselect={false}
          />
          <Select
            size="xs"
            label={t('clientImports.owner')}
            placeholder={t('clientImports.noOwner')}
            data={people.map(({ id, name }) => ({ value: id, label: name }))}
            value={wish.ownerId}
            onChange={(ownerId) => setWish({ ...wish, ownerId })}
            clearable
            searchable
          />
        </div>
      </section>
      <section className={`sheet ${styles.card}`} aria-label={t('clientImports.preview')}>
        <Text fw={600}>
          {item.total > 500 ? t('clientImports.previewFirst') : t('clientImports.preview')}
        </Text>
        {preview.isError ? (
          <Alert color="rust" role="alert">
            {explain(preview.error)}
          </Alert>
        ) : seen ? (
          <>
            <Counts of={seen} />
            <Rows seen={seen} />
          </>
        ) : (
          <Skeleton height={200} radius="md" />
        )}
      </section>
      <div className={styles.foot}>
        <Button
          variant="subtle"
          color="gray"
          loading={forget.isPending}
          onClick={() => forget.mutate()}
          data-testid="client-import-forget"
        >
          {t('clientImports.forget')}
        </Button>
        <Button
          disabled={preview.isError || !seen}
          loading={start.isPending}
          onClick={() => start.mutate()}
          data-testid="client-import-start"
        >
          {t('clientImports.start', { count: item.total })}
        </Button>
      </div>
    </>
  )
}

/** How it goes, or went: with the refused rows as a file, and the way back. */
function Result({ item }: { item: ClientImport }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['client-imports'] })
    await client.invalidateQueries({ queryKey: ['jobs'] })
    await client.invalidateQueries({ queryKey: ['contacts'] })
  }
  const act = useMutation({
    mutationFn: (what: 'undo' | 'start') =>
      api(
        'POST',
        `/api/client-imports/${item.id}/${what}`,
        what === 'start' ? { columns: item.columns, duplicates: item.duplicates } : undefined
      ),
    onSuccess: refresh,
    onError: (error) => toast('rust', explain(error))
  })
  const done = item.created + item.updated + item.skipped + item.refused
  const share = item.total > 0 ? (100 * done) / item.total : 0
  return (
    <section className={`sheet ${styles.card}`} aria-label={t('clientImports.result')}>
      {isAtWork(item) && (
        <div role="status">
          <Text mb={6}>
            {item.state === 'undoing'
              ? t('clientImports.undoing')
              : t('clientImports.progress', {
                  done: done.toLocaleString(),
                  total: item.total.toLocaleString()
                })}
          </Text>
          <Progress
            value={item.state === 'undoing' ? 100 : share}
            animated
            aria-label={t('clientImports.result')}
          />
          <Text c="dimmed" fz="sm" mt={6}>
            {t('clientImports.goesOn')}
          </Text>
        </div>
      )}
      {item.state === 'stopped' && <Alert color="amber">{t('clientImports.stopped')}</Alert>}
      {item.state === 'undone' && item.undo && (
        <Alert color="pine">{t('clientImports.undone', { ...item.undo })}</Alert>
      )}
      <Counts of={item} />
      <div className={styles.foot} style={{ justifyContent: 'flex-start' }}>
        {item.refused > 0 && (
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="xs" variant="default" leftSection={<IconDownload size={15} />}>
                {t('clientImports.refusedFile')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(['csv', 'xlsx'] as const).map((format) => (
                <Menu.Item
                  key={format}
                  component="a"
                  href={`/api/client-imports/${item.id}/refused?format=${format}`}
                  download
                >
                  {format.toUpperCase()}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        {item.state === 'stopped' && (
          <Button size="xs" loading={act.isPending} onClick={() => act.mutate('start')}>
            {t('clientImports.goOn')}
          </Button>
        )}
        {(item.state === 'done' || item.state === 'stopped') && (
          <ConfirmButton
            text={t('clientImports.undoText')}
            confirm={t('clientImports.undo')}
            onConfirm={() => act.mutate('undo')}
          >
            {(ask) => (
              <Button
                size="xs"
                variant="light"
                color="rust"
                onClick={ask}
                loading={act.isPending}
                data-testid="client-import-undo"
              >
                {t('clientImports.undo')}
              </Button>
            )}
          </ConfirmButton>
        )}
        <Button
          component={Link}
          to={item.things === 'deals' ? '/deals' : '/contacts'}
          size="xs"
          variant="subtle"
        >
          {t(`clientImports.open.${item.things}`)}
        </Button>
      </div>
    </section>
  )
}

/** One import, from its file to what became of it. */
export default function ImportPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const found = useImport(id)
  const item = found.data
  return (
    <main className="page">
      <div className={styles.head}>
        <Link to="/client-imports" className={styles.back} aria-label={t('clientImports.title')}>
          <IconArrowLeft size={18} />
        </Link>
        <Title order={1} size="h2">
          {item?.fileName ?? t('clientImports.unnamed')}
        </Title>
        {item && (
          <>
            <Badge color={stateColors[item.state]} variant="light" tt="none">
              {t(`clientImports.state.${item.state}`)}
            </Badge>
            <Text c="dimmed" fz="sm">
              {t(`clientImports.things.${item.things}`)} ·{' '}
              {[item.dialect.format.toUpperCase(), item.dialect.encoding, separatorWord(item)]
                .filter(Boolean)
                .join(', ')}{' '}
              · {t('clientImports.rowsCount', { count: item.total })}
            </Text>
          </>
        )}
      </div>
      {found.isPending && <Skeleton height={320} radius="md" />}
      {found.isError && (
        <Alert color="rust" role="alert">
          <Text mb="sm">{explain(found.error)}</Text>
          <Button variant="default" size="xs" onClick={() => inBackground(found.refetch())}>
            {t('common.retry')}
          </Button>
        </Alert>
      )}
      {item && (item.state === 'read' ? <Prepare key={item.id} item={item} /> : <Result item={item} />)}
    </main>
  )
}

const separatorWord = ({ dialect }: ClientImport): string | null =>
  dialect.separator === '\t' ? 'Tab' : dialect.separator && `“${dialect.separator}”`
