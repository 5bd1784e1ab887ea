import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  Skeleton,
  Stack,
  Switch,
  Text,
  Tooltip
} from '@mantine/core'
import { IconPencil, IconPlus, IconSend } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { mailing, mailingSent } from '../../../api/contract/reports.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { RemoveButton } from '../settings/remove-button.tsx'
import { MailingForm } from './mailing-form.tsx'
import { weekdayName } from './names.ts'
import type { ReportName } from './queries.ts'
import styles from './mailings.module.css'
import type { ViewState } from './use-view.ts'

export type Mailing = z.infer<typeof mailing>
type Sent = z.infer<typeof mailingSent>

interface Props {
  name: ReportName
  state: ViewState
  more: Readonly<Record<string, string>>
  onClose: () => void
}

/** Reports that go out by mail by themselves: what there is, and new ones of the report at hand. */
export default function Mailings({ name, state, more, onClose }: Props) {
  const { t } = useTranslation()
  const all = useAll<Mailing>('report-mailings')
  const [edited, setEdited] = useState<Mailing | 'new' | null>(null)
  const { view } = state
  const query = {
    ...(view.siteId && { siteId: view.siteId }),
    model: view.model,
    ...(view.isCompared && { compare: 'previous' }),
    ...more
  }
  return (
    <Modal
      opened
      onClose={edited ? () => setEdited(null) : onClose}
      size="lg"
      title={t(edited ? (edited === 'new' ? 'reports.mail.new' : 'reports.mail.edit') : 'reports.mail.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {edited ? (
        <MailingForm
          mailing={edited === 'new' ? null : edited}
          report={name}
          query={query}
          onDone={() => setEdited(null)}
        />
      ) : (
        <Stack gap="sm" data-testid="mailings-list">
          <Text c="dimmed" fz="sm">
            {t('reports.mail.text')}
          </Text>
          {all.isPending && <Skeleton height={70} />}
          {all.isError && (
            <Alert color="rust" role="alert">
              {explain(all.error)}{' '}
              <Button size="compact-xs" variant="subtle" onClick={() => inBackground(all.refetch())}>
                {t('common.retry')}
              </Button>
            </Alert>
          )}
          {all.data?.length === 0 && (
            <Text ta="center" c="dimmed" py="lg">
              {t('reports.mail.none')}
            </Text>
          )}
          {all.data?.map((each) => (
            <Entry key={each.id} mailing={each} onEdit={() => setEdited(each)} />
          ))}
          <Group justify="flex-end">
            <Button
              leftSection={<IconPlus size={16} />}
              onClick={() => setEdited('new')}
              data-testid="mailing-new"
            >
              {t('reports.mail.add')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

const momentText = (iso: string): string => `${dayOf(iso)}, ${timeOfDay(iso)}`

/** When it goes out, as a sentence. */
function useSchedule(): (each: Mailing) => string {
  const { t } = useTranslation()
  return ({ schedule, onDay, atHour }) => {
    const hour = `${String(atHour).padStart(2, '0')}:00`
    if (schedule === 'daily') return t('reports.mail.daily', { hour })
    if (schedule === 'weekly') return t('reports.mail.weekly', { day: weekdayName(onDay ?? 1, 'long'), hour })
    return t('reports.mail.monthly', { day: String(onDay ?? 1), hour })
  }
}

const titles = {
  sources: 'sources',
  missed: 'missed',
  hours: 'hours',
  operators: 'operators',
  pools: 'pools',
  'landing-pages': 'landingPages',
  regions: 'regions'
} as const

function Entry({ mailing: each, onEdit }: { mailing: Mailing; onEdit: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const schedule = useSchedule()
  const path = `/api/report-mailings/${each.id}`
  const refresh = () => client.invalidateQueries({ queryKey: ['all', 'report-mailings'] })
  const say = (error: unknown): void => toast('rust', explain(error))
  const pause = useMutation({
    mutationFn: (isActive: boolean) => api('PATCH', path, { isActive }),
    onSuccess: refresh,
    onError: say
  })
  const send = useMutation({
    mutationFn: () => api<Sent>('POST', `${path}/send-now`),
    onSuccess: async ({ ok, error }) => {
      if (ok) toast('pine', t('reports.mail.sent', { count: each.recipients.length }))
      else toast('rust', `${t('reports.mail.notSent')} ${error ?? ''}`)
      await refresh()
    },
    onError: say
  })
  const remove = useMutation({ mutationFn: () => api('DELETE', path), onSuccess: refresh, onError: say })
  return (
    <div className={styles.entry} data-testid="mailing" data-mailing={each.id}>
      <div className={styles.what}>
        <Group gap={8} wrap="nowrap">
          <b className="cut">{each.name}</b>
          {!each.isActive && (
            <Badge size="sm" color="gray" variant="light">
              {t('reports.mail.paused')}
            </Badge>
          )}
        </Group>
        <div className={styles.sub}>
          {[t(`reports.${titles[each.report]}.title`), schedule(each), each.format.toUpperCase()].join(' · ')}
        </div>
        <div className={`cut ${styles.sub}`} title={each.recipients.join(', ')}>
          {each.recipients.join(', ')}
        </div>
        <div className={styles.sub}>
          {[
            each.lastSentAt && t('reports.mail.lastSent', { time: momentText(each.lastSentAt) }),
            each.isActive && each.nextAt && t('reports.mail.next', { time: momentText(each.nextAt) })
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {each.lastError && (
          <div className={styles.error} role="status">
            {t('reports.mail.notSent')} {each.lastError}
          </div>
        )}
      </div>
      <Group gap={4} wrap="nowrap">
        <Tooltip label={t('reports.mail.active')}>
          <Switch
            size="xs"
            checked={each.isActive}
            aria-label={`${t('reports.mail.active')}: ${each.name}`}
            onChange={(event) => pause.mutate(event.currentTarget.checked)}
          />
        </Tooltip>
        <Tooltip label={t('reports.mail.sendNow')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            loading={send.isPending}
            aria-label={`${t('reports.mail.sendNow')}: ${each.name}`}
            onClick={() => send.mutate()}
            data-testid="mailing-send"
          >
            <IconSend size={16} />
          </ActionIcon>
        </Tooltip>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${t('reports.mail.edit')}: ${each.name}`}
          onClick={onEdit}
        >
          <IconPencil size={16} />
        </ActionIcon>
        <RemoveButton name={each.name} onConfirm={() => remove.mutate()} />
      </Group>
    </div>
  )
}
