import { ActionIcon, Alert, Button, Checkbox, Code, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconDownload, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../api/contract/system.ts'
import type { Job } from '../../../api/contract/jobs.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import tables from '../settings/settings.module.css'
import { DailyBackup } from './daily-backup.tsx'
import styles from './system.module.css'
import { size } from './words.ts'

interface Listed {
  items: Backup[]
  dir: string
}

const askAgainMs = 1500

/** Whether a backup is being made now; the list is read anew when it ends. */
function useGoing(): boolean {
  const client = useQueryClient()
  const jobs = useQuery({
    queryKey: ['system', 'jobs'],
    queryFn: () => api<Page<Job>>('GET', '/api/jobs?limit=8'),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.items.some(isGoing) ? askAgainMs : false)
  })
  const isMaking = jobs.data?.items.some(isGoing) ?? false
  const wasMaking = useRef(false)
  useEffect(() => {
    if (wasMaking.current && !isMaking) {
      inBackground(client.invalidateQueries({ queryKey: ['system', 'backups'] }))
      inBackground(client.invalidateQueries({ queryKey: ['system', 'state'] }))
    }
    wasMaking.current = isMaking
  }, [client, isMaking])
  return isMaking
}

/** It holds every secret, so the password may be asked for; a plain link would save the question as the file. */
async function fetchBackup(event: MouseEvent<HTMLAnchorElement>): Promise<void> {
  const { href, download } = event.currentTarget
  event.preventDefault()
  try {
    await api('GET', '/api/me/fresh')
  } catch (error) {
    toast('rust', explain(error))
    return
  }
  const link = document.createElement('a')
  Object.assign(link, { href, download })
  link.click()
}

const isGoing = ({ kind, state }: Job): boolean =>
  kind === 'backup.make' && (state === 'waiting' || state === 'running')

/** Archives of the installation: make, fetch, delete, by the clock, and how to go back to one. */
export function Backups() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [withRecordings, setWithRecordings] = useState(false)
  const isMaking = useGoing()
  const list = useQuery({
    queryKey: ['system', 'backups'],
    queryFn: () => api<Listed>('GET', '/api/backups')
  })
  const make = useMutation({
    mutationFn: () => api('POST', '/api/backups', { withRecordings }),
    onSuccess: async () => {
      toast('pine', t('system.backups.started'))
      await client.invalidateQueries({ queryKey: ['jobs'] })
      // A backup of a small installation may be there already.
      await client.invalidateQueries({ queryKey: ['system'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/backups/${id}`),
    onSuccess: async () => {
      toast('pine', t('system.backups.deleted'))
      await client.invalidateQueries({ queryKey: ['system'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const items = list.data?.items ?? []
  return (
    <section className={styles.part} id="backups">
      <Title order={2} size="h3">
        {t('system.backups.title')}
      </Title>
      <Text c="dimmed" fz="sm" maw={680} mb="sm">
        {t('system.backups.text')}
      </Text>
      <Group mb="sm">
        <Button
          onClick={() => make.mutate()}
          loading={make.isPending || isMaking}
          loaderProps={{ 'aria-label': t('system.backups.going') }}
          data-testid="make-backup"
        >
          {t('system.backups.make')}
        </Button>
        <Checkbox
          label={t('system.backups.makeWith')}
          checked={withRecordings}
          onChange={(event) => setWithRecordings(event.currentTarget.checked)}
        />
      </Group>
      {list.isError && <Alert color="rust">{explain(list.error)}</Alert>}
      {list.data && items.length === 0 && (
        <div className="sheet">
          <Stack align="center" gap={2} p="lg">
            <Text fw={580}>{t('system.backups.none')}</Text>
            <Text c="dimmed" fz="sm" ta="center">
              {t('system.backups.noneText')}
            </Text>
          </Stack>
        </div>
      )}
      {items.length > 0 && (
        <div className={`sheet ${tables.tableSheet}`}>
          <Table verticalSpacing={7} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('system.backups.made')}</Table.Th>
                <Table.Th>{t('system.backups.has')}</Table.Th>
                <Table.Th>{t('system.backups.fingerprint')}</Table.Th>
                <Table.Th>{t('system.backups.size')}</Table.Th>
                <Table.Th aria-label={t('system.backups.name')} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((each) => (
                <Table.Tr key={each.id} data-testid="backup">
                  <Table.Td>
                    <span className="num">{fullTime(each.createdAt)}</span>
                    <Text fz="xs" c="dimmed">
                      {t(`system.backups.by.${each.by}`)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {t(
                      each.withRecordings
                        ? 'system.backups.withRecordings'
                        : 'system.backups.withoutRecordings'
                    )}
                    <Text fz="xs" c="dimmed" className="num">
                      {t('system.backups.rows', {
                        rows: each.rows.toLocaleString(),
                        files: each.files.toLocaleString()
                      })}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <code title={each.fingerprint}>{each.fingerprint.slice(0, 12)}…</code>
                  </Table.Td>
                  <Table.Td className="num">{size(each.bytes)}</Table.Td>
                  <Table.Td>
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <ActionIcon
                        component="a"
                        href={`/api/backups/${each.id}/file`}
                        download={each.name}
                        onClick={(event) => inBackground(fetchBackup(event))}
                        variant="subtle"
                        aria-label={t('system.backups.download', { name: each.name })}
                        data-testid="fetch-backup"
                      >
                        <IconDownload size={18} />
                      </ActionIcon>
                      <ConfirmButton
                        text={t('system.backups.deleteText', { name: each.name })}
                        confirm={t('common.remove')}
                        onConfirm={() => remove.mutate(each.id)}
                      >
                        {(ask) => (
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            onClick={ask}
                            aria-label={t('system.backups.delete', { name: each.name })}
                            data-testid="delete-backup"
                          >
                            <IconTrash size={18} />
                          </ActionIcon>
                        )}
                      </ConfirmButton>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <div className={styles.cards} style={{ marginTop: 16 }}>
        <Restore newest={items[0]?.name} dir={list.data?.dir ?? ''} />
        <DailyBackup />
      </div>
    </section>
  )
}

function Restore({ newest, dir }: { newest: string | undefined; dir: string }) {
  const { t } = useTranslation()
  return (
    <section className={`sheet ${styles.card}`}>
      <Title order={4} fz="md">
        {t('system.backups.restore')}
      </Title>
      <Text fz="sm" c="dimmed">
        {t('system.backups.restoreText')}
      </Text>
      <ol className={styles.steps}>
        <li>{t('system.backups.restoreStop')}</li>
        <li>
          {t('system.backups.restoreRun')}
          <Code block mt={4}>
            npm run restore -- {newest ?? 'ringtrace-….tar.gz'}
          </Code>
        </li>
        <li>
          {t('system.backups.restoreStart')} <Code>npm start</Code>
        </li>
      </ol>
      <Text fz="sm" c="dimmed">
        {t('system.backups.restoreSafe')}
      </Text>
      <Text fz="xs" c="dimmed" mt={6} style={{ overflowWrap: 'anywhere' }}>
        {dir}
      </Text>
    </section>
  )
}
