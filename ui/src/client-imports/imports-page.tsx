import '../styles/later.ts'
import { Badge, Button, FileButton, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconFileUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { ClientImport } from '../../../api/contract/client-imports.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './imports.module.css'
import { useImports } from './queries.ts'

export const stateColors: Record<ClientImport['state'], string> = {
  read: 'gray',
  running: 'amber',
  stopped: 'amber',
  done: 'pine',
  undoing: 'amber',
  undone: 'gray'
}

/** Where a file is dropped or chosen; once it is read, its import opens. */
function Drop({ things }: { things: ClientImport['things'] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [isOver, setOver] = useState(false)
  const send = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData()
      form.set('things', things)
      form.set('file', file, file.name)
      return api<ClientImport>('POST', '/api/client-imports', form)
    },
    onSuccess: ({ id }) => navigate(`/client-imports/${id}`),
    onError: (error) => toast('rust', explain(error))
  })
  const take = (file: File | null): void => {
    if (file) send.mutate(file)
  }
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(is)
  }
  return (
    <div
      className={`sheet ${styles.drop}`}
      data-over={isOver ? '' : undefined}
      onDragEnter={over(true)}
      onDragOver={over(true)}
      onDragLeave={over(false)}
      onDrop={(event) => {
        over(false)(event)
        take(event.dataTransfer.files[0] ?? null)
      }}
    >
      <IconFileUpload size={40} stroke={1.4} color="var(--rt-brand)" aria-hidden />
      <Text fw={600}>{t('clientImports.drop')}</Text>
      <Text c="dimmed" fz="sm" maw={560}>
        {t(`clientImports.about.${things}`)}
      </Text>
      <FileButton onChange={take} accept=".csv,.xlsx,.txt,.tsv">
        {(props) => (
          <Button {...props} loading={send.isPending} data-testid="client-import-file">
            {t('clientImports.choose')}
          </Button>
        )}
      </FileButton>
      <Text c="dimmed" fz="xs">
        {t('clientImports.limits')}
      </Text>
    </div>
  )
}

function Row({ item }: { item: ClientImport }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const to = `/client-imports/${item.id}`
  return (
    <Table.Tr className={styles.row ?? ''} onClick={() => inBackground(Promise.resolve(navigate(to)))}>
      <Table.Td maw={280}>
        <Link to={to} className={`cut ${styles.name}`} onClick={(event) => event.stopPropagation()}>
          {item.fileName ?? t('clientImports.unnamed')}
        </Link>
      </Table.Td>
      <Table.Td>{t(`clientImports.things.${item.things}`)}</Table.Td>
      <Table.Td>
        <Badge color={stateColors[item.state]} variant="light" tt="none">
          {t(`clientImports.state.${item.state}`)}
        </Badge>
      </Table.Td>
      <Table.Td className="num" ta="right">
        {item.total.toLocaleString()}
      </Table.Td>
      <Table.Td className="num" ta="right">
        {item.created.toLocaleString()} / {item.updated.toLocaleString()} / {item.refused.toLocaleString()}
      </Table.Td>
      <Table.Td>{item.createdBy?.name ?? '–'}</Table.Td>
      <Table.Td className="num">
        {dayOf(item.createdAt)}, {timeOfDay(item.createdAt)}
      </Table.Td>
    </Table.Tr>
  )
}

/** Files of clients and deals: a new one, and those that were brought before. */
export default function ImportsPage() {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const [things, setThings] = useState<ClientImport['things']>(
    params.get('things') === 'deals' ? 'deals' : 'contacts'
  )
  const found = useImports()
  const items = found.data?.items ?? []
  return (
    <main className="page">
      <div className={styles.head}>
        <Link to="/contacts" className={styles.back} aria-label={t('clientImports.back')}>
          <IconArrowLeft size={18} />
        </Link>
        <Title order={1} size="h2" mr="auto">
          {t('clientImports.title')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('clientImports.what')}
          value={things}
          onChange={setThings}
          data={[
            { value: 'contacts', label: t('clientImports.things.contacts') },
            { value: 'deals', label: t('clientImports.things.deals') }
          ]}
        />
      </div>
      <Drop things={things} />
      {found.isError && (
        <Text c="rust" role="alert" my="md">
          {explain(found.error)}
        </Text>
      )}
      {items.length > 0 && (
        <section className={`sheet ${styles.scroll}`} aria-label={t('clientImports.before')}>
          <Text fw={600} p="md" pb={4}>
            {t('clientImports.before')}
          </Text>
          <Table verticalSpacing={8} horizontalSpacing="md" highlightOnHover miw={820}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('clientImports.file')}</Table.Th>
                <Table.Th>{t('clientImports.what')}</Table.Th>
                <Table.Th>{t('clientImports.stateHead')}</Table.Th>
                <Table.Th ta="right">{t('clientImports.rows')}</Table.Th>
                <Table.Th ta="right">{t('clientImports.countsHead')}</Table.Th>
                <Table.Th>{t('clientImports.by')}</Table.Th>
                <Table.Th>{t('clientImports.at')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Row key={item.id} item={item} />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </main>
  )
}
