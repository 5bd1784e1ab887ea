import {
  Alert,
  Anchor,
  Badge,
  Button,
  FileButton,
  Group,
  Loader,
  Modal,
  Progress,
  Select,
  Stack,
  Table,
  Text
} from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportDone, ImportPreview, ImportProblem } from '../../../api/contract/imports.ts'
import type { Job } from '../../../api/contract/jobs.ts'
import type { ImportThing } from '../../../api/contract/settings-words.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fieldWord } from '../lib/field-words.ts'
import { query } from '../lib/query.ts'
import { remember, remembered } from '../lib/storage.ts'
import { InvitationLinks } from './invitation-links.tsx'
import styles from './import.module.css'
import { Tall } from './tall.tsx'

interface Chosen {
  file: File
  /** A file of the same name may have been corrected meanwhile. */
  key: number
}

/** A table of settings from a file: chosen, looked at, taken whole or not at all. */
export function ImportDialog({ things, onClose }: { things: ImportThing; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [columns, setColumns] = useState<(string | null)[] | null>(null)
  const choose = (file: File | null): void => {
    if (!file) return
    setColumns(null)
    setChosen({ file, key: Date.now() })
  }
  const formOf = (file: File, wanted: (string | null)[] | null): FormData => {
    const form = new FormData()
    form.set('things', things)
    if (wanted) form.set('columns', wanted.map((name) => name ?? '-').join(','))
    form.set('file', file, file.name)
    return form
  }
  const preview = useQuery({
    queryKey: ['import', things, chosen?.key, columns],
    queryFn: async () => {
      if (!chosen) throw new Error('No file is chosen')
      const seen = await api<ImportPreview>('POST', '/api/imports/preview', formOf(chosen.file, columns))
      // Columns that somebody has named once are named again for files with the same headings.
      const kept = columns === null ? remembered(memoryOf(things, seen.headings)) : null
      if (kept === null) return seen
      return api<ImportPreview>('POST', '/api/imports/preview', formOf(chosen.file, parsedColumns(kept)))
    },
    enabled: chosen !== null,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0
  })
  const take = useMutation({
    mutationFn: (seen: ImportPreview) => {
      if (!chosen) throw new Error('No file is chosen')
      return api<ImportDone>('POST', '/api/imports', formOf(chosen.file, seen.columns))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['all'] })
  })
  const seen = preview.data
  const nothing = seen !== undefined && seen.created + seen.updated === 0
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('imports.title', { things: t(`imports.things.${things}`) })}
      size="xl"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack data-testid="import-dialog">
        {take.data ? (
          <Done done={take.data} things={things} onClose={onClose} />
        ) : (
          <>
            {!chosen && <Drop things={things} onFile={choose} />}
            {preview.isError && (
              <Alert color="rust" role="alert">
                {explain(preview.error)}
              </Alert>
            )}
            {take.isError && (
              <Alert color="rust" role="alert">
                {explain(take.error)}
              </Alert>
            )}
            {chosen && preview.isPending && <Loader size="sm" />}
            {seen && chosen && (
              <>
                <Columns
                  seen={seen}
                  onChange={(wanted) => {
                    setColumns(wanted)
                    remember(memoryOf(things, seen.headings), JSON.stringify(wanted))
                  }}
                />
                <Group gap="xs" data-testid="import-counts">
                  <Badge color="pine" variant="light" tt="none">
                    {t('imports.created', { count: seen.created })}
                  </Badge>
                  <Badge color="amber" variant="light" tt="none">
                    {t('imports.updated', { count: seen.updated })}
                  </Badge>
                  <Badge color="gray" variant="light" tt="none">
                    {t('imports.same', { count: seen.same })}
                  </Badge>
                </Group>
                {seen.problemCount > 0 ? <Problems seen={seen} /> : <Rows seen={seen} />}
              </>
            )}
            {chosen && (
              <Group justify="space-between">
                <FileButton onChange={choose} accept=".csv,.xlsx,.txt">
                  {(props) => (
                    <Button variant="default" {...props}>
                      {t('imports.other')}
                    </Button>
                  )}
                </FileButton>
                <Group>
                  <Button variant="default" onClick={onClose}>
                    {t('common.cancel')}
                  </Button>
                  <Button
                    disabled={!seen || seen.problemCount > 0 || nothing || preview.isFetching}
                    loading={take.isPending}
                    onClick={() => seen && take.mutate(seen)}
                    data-testid="import-take"
                  >
                    {t('imports.take')}
                  </Button>
                </Group>
              </Group>
            )}
          </>
        )}
      </Stack>
    </Modal>
  )
}

const memoryOf = (things: ImportThing, headings: readonly string[]): string =>
  `import.${things}.${headings.join('|').slice(0, 300)}`

function parsedColumns(kept: string): (string | null)[] | null {
  try {
    const value: unknown = JSON.parse(kept)
    if (!Array.isArray(value)) return null
    return value.map((each: unknown) => (typeof each === 'string' ? each : null))
  } catch {
    // Somebody else's words in the browser's memory: then the headings are read again.
    return null
  }
}

function Drop({ things, onFile }: { things: ImportThing; onFile: (file: File | null) => void }) {
  const { t, i18n } = useTranslation()
  const [isOver, setOver] = useState(false)
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(is)
  }
  const template = (format: 'csv' | 'xlsx'): string =>
    `/api/imports/template${query({ things, format, locale: i18n.language === 'en' ? 'en' : 'ru' })}`
  return (
    <div
      className={styles.drop}
      data-over={isOver ? '' : undefined}
      onDragEnter={over(true)}
      onDragOver={over(true)}
      onDragLeave={over(false)}
      onDrop={(event) => {
        over(false)(event)
        onFile(event.dataTransfer.files[0] ?? null)
      }}
    >
      <IconFileUpload size={38} stroke={1.4} color="var(--rt-brand)" aria-hidden />
      <Text fw={600}>{t('imports.drop')}</Text>
      <Text c="dimmed" fz="sm" maw={480}>
        {t(`imports.about.${things}`)}
      </Text>
      <FileButton
        onChange={onFile}
        accept=".csv,.xlsx,.txt"
        inputProps={{ 'data-testid': 'import-file' } as object}
      >
        {(props) => <Button {...props}>{t('imports.choose')}</Button>}
      </FileButton>
      <Text fz="sm">
        {t('imports.template')}{' '}
        <Anchor href={template('csv')} download>
          CSV
        </Anchor>
        {', '}
        <Anchor href={template('xlsx')} download>
          XLSX
        </Anchor>
      </Text>
    </div>
  )
}

/** What each column of the file holds. */
function Columns({
  seen,
  onChange
}: {
  seen: ImportPreview
  onChange: (columns: (string | null)[]) => void
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.scroll}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {seen.headings.map((heading, index) => (
              <Table.Th key={index} miw={150}>
                {heading || '–'}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            {seen.headings.map((heading, index) => (
              <Table.Td key={index}>
                <Select
                  size="xs"
                  aria-label={t('imports.column', { heading })}
                  placeholder={t('imports.leftOut')}
                  data={seen.fields
                    .filter(({ name }) => seen.columns[index] === name || !seen.columns.includes(name))
                    .map(({ name, heading: label }) => ({ value: name, label }))}
                  value={seen.columns[index] ?? null}
                  onChange={(value) =>
                    onChange(seen.headings.map((_, i) => (i === index ? value : (seen.columns[i] ?? null))))
                  }
                  clearable
                />
              </Table.Td>
            ))}
          </Table.Tr>
          {seen.samples.slice(0, 2).map((cells, row) => (
            <Table.Tr key={row}>
              {seen.headings.map((_, index) => (
                <Table.Td key={index} c="dimmed" fz="xs">
                  {cells[index] ?? ''}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Problems({ seen }: { seen: ImportPreview }) {
  const { t } = useTranslation()
  const word = ({ code, message, field }: ImportProblem): string =>
    code === 'reference' || code === 'taken'
      ? t(`imports.fault.${code}`)
      : fieldWord({ path: field ?? '', message, code })
  const more = seen.problemCount - seen.problems.length
  const about = t('imports.problems', { count: seen.problemCount })
  return (
    <Alert color="rust" title={about} role="alert">
      <Tall label={about} testId="import-problems">
        <Table fz="sm" verticalSpacing={4}>
          <Table.Tbody>
            {seen.problems.map((problem, index) => (
              <Table.Tr key={index}>
                <Table.Td className="num">{t('imports.line', { line: problem.line })}</Table.Td>
                <Table.Td>
                  {problem.column ?? seen.fields.find(({ name }) => name === problem.field)?.heading}
                </Table.Td>
                <Table.Td>{problem.value}</Table.Td>
                <Table.Td>{word(problem)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Tall>
      {more > 0 && <Text fz="sm">{t('usage.more', { count: more })}</Text>}
    </Alert>
  )
}

function Rows({ seen }: { seen: ImportPreview }) {
  const { t } = useTranslation()
  const heading = (name: string): string => seen.fields.find((field) => field.name === name)?.heading ?? name
  const keyField = seen.fields[0]?.name
  if (seen.rows.length === 0) return <Text c="dimmed">{t('imports.nothing')}</Text>
  return (
    <Tall label={t('imports.rows')}>
      <Table fz="sm" verticalSpacing={4}>
        <Table.Tbody>
          {seen.rows.map(({ line, key, action, changes }) => (
            <Table.Tr key={line}>
              <Table.Td fw={580}>{key}</Table.Td>
              <Table.Td>
                <Badge color={action === 'create' ? 'pine' : 'amber'} variant="light" tt="none">
                  {t(`imports.action.${action}`)}
                </Badge>
              </Table.Td>
              <Table.Td>
                {changes
                  .filter(({ field, after, before }) => field !== keyField && `${after}${before}` !== '')
                  .map(({ field, before, after }) =>
                    action === 'create'
                      ? `${heading(field)}: ${after}`
                      : `${heading(field)}: ${before || '–'} → ${after || '–'}`
                  )
                  .join('; ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Tall>
  )
}

function Done({ done, things, onClose }: { done: ImportDone; things: ImportThing; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const job = useQuery({
    queryKey: ['import-job', done.jobId],
    queryFn: async () => {
      const found = await api<Job>('GET', `/api/jobs/${done.jobId ?? ''}`)
      if (found.endedAt !== null) await client.invalidateQueries({ queryKey: ['all'] })
      return found
    },
    enabled: done.jobId !== null,
    refetchInterval: ({ state }) => (state.data?.endedAt ? false : 1000)
  })
  const isOver = done.jobId === null || job.data?.state === 'done'
  const total = job.data?.total ?? 0
  return (
    <>
      {isOver ? (
        <Text data-testid="import-done">
          {t('imports.done', { created: done.created, updated: done.updated })}
        </Text>
      ) : job.data?.state === 'failed' || job.data?.state === 'cancelled' ? (
        <Alert color="rust" role="alert">
          {job.data.error ?? t('imports.cancelled')}
        </Alert>
      ) : (
        <>
          <Text>{t('imports.atWork')}</Text>
          <Progress
            value={total > 0 ? (100 * (job.data?.done ?? 0)) / total : 0}
            animated
            aria-label={t('imports.atWork')}
          />
        </>
      )}
      {isOver && things === 'users' && done.created > 0 && <InvitationLinks />}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Group>
    </>
  )
}
