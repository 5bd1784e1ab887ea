import {
  Alert,
  Badge,
  Button,
  FileButton,
  Group,
  Modal,
  Progress,
  Stack,
  Text,
  Textarea
} from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DialListItem } from '../../../api/contract/dialling.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fieldWord } from '../lib/field-words.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll, useNumbers } from '../lib/lookups.ts'
import { formatPhone } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { ResourceTable } from './resource-table.tsx'

const stateColours = { draft: 'gray', running: 'pine', paused: 'amber', done: 'gray' } as const

function sum(counts: DialListItem['counts']): number {
  return Object.values(counts).reduce((all, each) => all + each, 0)
}

/** How far a list is: reached, not reached, still to call. */
function Reached({ list }: { list: DialListItem }) {
  const { t } = useTranslation()
  const { counts } = list
  const all = sum(counts)
  if (all === 0) return <Text c="dimmed">{t('setup.lists.empty')}</Text>
  const share = (count: number): number => (count / all) * 100
  return (
    <div style={{ minWidth: 170 }}>
      <Progress.Root size={8} aria-label={t('setup.lists.progress')}>
        <Progress.Section value={share(counts.done)} color="pine" />
        <Progress.Section value={share(counts.failed + counts.stopped)} color="rust" />
        <Progress.Section value={share(counts.calling)} color="amber" />
      </Progress.Root>
      <Text fz="xs" c="dimmed" className="num" mt={3}>
        {t('setup.lists.counts', {
          done: counts.done,
          failed: counts.failed + counts.stopped,
          left: counts.waiting + counts.retry + counts.calling
        })}
      </Text>
    </div>
  )
}

/** Brings clients into a list: a CSV file, or lines that are pasted. */
function Import({ list, onClose }: { list: DialListItem; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [csv, setCsv] = useState('')
  const bring = useMutation({
    mutationFn: () =>
      api<{ added: number; skipped: number }>('POST', `/api/dial-lists/${list.id}/entries`, { csv }),
    onSuccess: async ({ added, skipped }) => {
      toast('pine', t('setup.lists.imported', { added, skipped }))
      await client.invalidateQueries({ queryKey: ['all'] })
      onClose()
    }
  })
  const faults = bring.error instanceof ApiError ? (bring.error.problem.errors ?? []) : []
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('setup.lists.importTitle', { name: list.name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <Text c="dimmed" fz="sm">
          {t('setup.lists.importText')}
        </Text>
        <FileButton
          accept=".csv,text/csv,text/plain"
          onChange={(file) => {
            if (file) inBackground(file.text().then(setCsv))
          }}
        >
          {(props) => (
            <Button variant="default" leftSection={<IconUpload size={16} />} {...props}>
              {t('setup.lists.chooseFile')}
            </Button>
          )}
        </FileButton>
        <Textarea
          aria-label="CSV"
          autosize
          minRows={6}
          maxRows={14}
          ff="monospace"
          placeholder={'+79161112233;Иван Петров;звонил в мае'}
          value={csv}
          onChange={(event) => setCsv(event.currentTarget.value)}
          data-testid="list-csv"
        />
        {bring.isError && (
          <Alert color="rust" role="alert">
            {explain(bring.error)}
            {faults.slice(0, 8).map((fault) => (
              <div key={fault.path}>
                {t('setup.lists.line', { number: /\d+/.exec(fault.path)?.[0] ?? fault.path })}:{' '}
                {fieldWord(fault)}
              </div>
            ))}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button
            disabled={csv.trim() === ''}
            loading={bring.isPending}
            onClick={() => bring.mutate()}
            data-testid="list-import"
          >
            {t('setup.lists.import')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Lists of clients to call, one call per free operator. */
export function DialListsSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const groups = useAll<{ id: string; name: string }>('groups')
  const numbers = useNumbers()
  const [importing, setImporting] = useState<DialListItem | null>(null)
  const turn = useMutation({
    mutationFn: ({ list, to }: { list: DialListItem; to: 'start' | 'pause' }) =>
      api('POST', `/api/dial-lists/${list.id}/${to}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['all'] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <>
      <ResourceTable<DialListItem>
        things="dial-lists"
        title={t('setup.lists.title')}
        text={t('setup.lists.text')}
        addLabel={t('setup.lists.add')}
        nameOf={(list) => list.name}
        refetchMs={5000}
        columns={[
          { header: t('settings.name'), cell: (list) => list.name },
          {
            header: t('settings.state'),
            cell: (list) => (
              <Badge variant="light" tt="none" color={stateColours[list.state]} data-state={list.state}>
                {t(`setup.lists.state.${list.state}`)}
              </Badge>
            )
          },
          { header: t('setup.lists.progress'), cell: (list) => <Reached list={list} /> }
        ]}
        actions={(list) => (
          <>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setImporting(list)}
              data-testid="list-fill"
            >
              {t('setup.lists.import')}
            </Button>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={
                list.state === 'running' ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />
              }
              loading={turn.isPending && turn.variables.list.id === list.id}
              onClick={() => turn.mutate({ list, to: list.state === 'running' ? 'pause' : 'start' })}
              data-testid="list-turn"
            >
              {t(list.state === 'running' ? 'setup.lists.pause' : 'setup.lists.start')}
            </Button>
          </>
        )}
        fields={() => [
          { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
          {
            name: 'groupId',
            label: t('setup.lists.group'),
            type: 'select',
            canClear: true,
            options: (groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
          },
          {
            name: 'numberId',
            label: t('setup.lists.number'),
            type: 'select',
            canClear: true,
            options: (numbers.data ?? []).map(({ id, e164 }) => ({ value: id, label: formatPhone(e164) }))
          },
          { name: 'maxAttempts', label: t('setup.callbacks.maxAttempts'), type: 'number' },
          { name: 'pauseMinutes', label: t('setup.lists.pauseMinutes'), type: 'number' },
          { name: 'ringSeconds', label: t('setup.callbacks.ring'), type: 'number' },
          { name: 'isRecorded', label: t('setup.recorded'), type: 'switch' }
        ]}
        toForm={(list) => ({
          name: list?.name ?? '',
          groupId: list?.groupId ?? null,
          numberId: list?.numberId ?? null,
          maxAttempts: list?.maxAttempts ?? 3,
          pauseMinutes: list?.pauseMinutes ?? 120,
          ringSeconds: list?.ringSeconds ?? 30,
          isRecorded: list?.isRecorded ?? true
        })}
      />
      {importing && <Import list={importing} onClose={() => setImporting(null)} />}
    </>
  )
}
