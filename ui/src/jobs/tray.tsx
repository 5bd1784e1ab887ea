import '../styles/later.ts'
import { ActionIcon, Button, Group, Indicator, Popover, Progress, Stack, Text, Tooltip } from '@mantine/core'
import { IconProgressDown } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../api/contract/jobs.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'

const isGoing = (job: Job): boolean => job.state === 'waiting' || job.state === 'running'
const askAgainMs = 1500
const shownJobs = 8

/** Background work of this person; asked for again and again only while some goes on. */
function useJobs() {
  return useQuery({
    queryKey: ['jobs'],
    queryFn: () => api<Page<Job>>('GET', `/api/jobs?limit=${shownJobs}`),
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.items.some(isGoing) ? askAgainMs : false)
  })
}

/** A button that is there once there has been background work, with how far it is and what it has made. */
export default function JobTray() {
  const { t } = useTranslation()
  const { data } = useJobs()
  const jobs = data?.items ?? []
  const going = jobs.filter(isGoing).length
  const [isOpen, setOpen] = useState(false)
  useNews(jobs)
  if (jobs.length === 0) return null
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" width={340} trapFocus>
      <Popover.Target>
        <Tooltip label={t('jobTray.title')}>
          <Indicator disabled={going === 0} processing color="pine" size={9} offset={4}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={going > 0 ? t('jobTray.open', { count: going }) : t('jobTray.title')}
              onClick={() => setOpen(!isOpen)}
              data-testid="job-tray"
              data-going={going}
            >
              <IconProgressDown size={19} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown data-testid="job-list">
        <Stack gap="md" mah={420} style={{ overflowY: 'auto' }}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Says when something that was going on a moment ago has ended. */
function useNews(jobs: readonly Job[]): void {
  const { t } = useTranslation()
  const before = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    for (const job of jobs) {
      if (!before.current.has(job.id) || isGoing(job)) continue
      if (job.state === 'done' && job.fileName) toast('pine', t('jobTray.ready', { name: job.fileName }))
      if (job.state === 'failed') toast('rust', `${kindWord(job.kind)}: ${t('jobTray.failed')}`)
    }
    before.current = new Set(jobs.filter(isGoing).map(({ id }) => id))
  }, [jobs, t])
}

function kindWord(kind: string): string {
  const key = `jobTray.kind.${kind.replaceAll('.', '_')}`
  return i18next.t(key, { defaultValue: i18next.t('jobTray.kind.other') })
}

function JobRow({ job }: { job: Job }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => api('POST', `/api/jobs/${job.id}/cancel`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
    onError: (error) => toast('rust', explain(error))
  })
  const at = `${dayOf(job.createdAt)}, ${timeOfDay(job.createdAt)}`
  const share = job.total ? Math.min(100, (job.done / job.total) * 100) : 0
  const far = job.total
    ? t('jobTray.progress', { done: job.done.toLocaleString(), total: job.total.toLocaleString() })
    : t('jobTray.progressUnknown', { done: job.done.toLocaleString() })
  return (
    <div data-testid="job" data-state={job.state}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fz="sm" fw={600} className="cut">
          {kindWord(job.kind)}
        </Text>
        <Text fz="xs" c="dimmed" className="num">
          {at}
        </Text>
      </Group>
      {isGoing(job) && (
        <>
          <Progress
            my={6}
            value={share}
            animated={job.state === 'running'}
            aria-label={`${kindWord(job.kind)}: ${far}`}
          />
          <Group justify="space-between">
            <Text fz="xs" c="dimmed" className="num">
              {job.state === 'waiting' ? t('jobTray.waiting') : far}
            </Text>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              loading={cancel.isPending}
              onClick={() => cancel.mutate()}
              data-testid="job-cancel"
            >
              {t('jobTray.cancel')}
            </Button>
          </Group>
        </>
      )}
      {job.state === 'done' && job.fileName && job.fileBytes !== null && (
        <Group justify="space-between" wrap="nowrap">
          <Text fz="xs" c="dimmed" className="cut">
            {job.fileName}, {size(job.fileBytes)}
          </Text>
          <Button
            component="a"
            size="compact-xs"
            variant="light"
            style={{ flex: 'none' }}
            href={`/api/jobs/${job.id}/file`}
            download={job.fileName}
            data-testid="job-file"
          >
            {t('jobTray.download')}
          </Button>
        </Group>
      )}
      {job.state === 'done' && !job.fileName && (
        <Text fz="xs" c="dimmed">
          {t('jobTray.done')}
        </Text>
      )}
      {job.state === 'failed' && (
        <Text fz="xs" c="rust">
          {t('jobTray.failed')}: {job.error}
        </Text>
      )}
      {job.state === 'cancelled' && (
        <Text fz="xs" c="dimmed">
          {t('jobTray.cancelled')}
        </Text>
      )}
    </div>
  )
}

/** Bytes as people read them. */
function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  return new Intl.NumberFormat(i18next.language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1
  }).format(bytes / 1024 ** power)
}
