import { Button, Text } from '@mantine/core'
import { IconPhoneOutgoing } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { TaskItem } from '../../../api/contract/dialling.ts'
import { api, serverNowMs, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock, formatPhone, secondsSince } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useNow } from '../lib/use-now.ts'
import { useClickToCall } from '../operator/click-to-call.tsx'
import styles from './next.module.css'
import { nextOwed } from './owed.ts'
import { momentOf } from './use-owed.ts'

const hourSeconds = 3600

/** Who is owed a call next: missed, or left a message. A press calls. */
export function NextCall({ justTalked }: { justTalked: string | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const call = useClickToCall()
  const tasks = useQuery({
    queryKey: ['work', 'next-call'],
    queryFn: () => api<Page<TaskItem>>('GET', '/api/tasks?open=true&limit=20&sort=dueAt'),
    refetchInterval: 30_000
  })
  const next = nextOwed(tasks.data?.items ?? [], justTalked, serverNowMs())
  if (!next?.phone) return null
  const { phone, contactId } = next
  const age = secondsSince(next.createdAt, now)
  const who = next.title === phone ? formatPhone(phone) : next.title
  return (
    <section className={styles.nextCall} data-testid="next-call">
      <div style={{ minWidth: 0 }}>
        <div className="eyebrow">{t('nextStep.nextCall')}</div>
        <Text fw={600} className="cut">
          {who}
        </Text>
        <Text fz="sm" c="dimmed" className="cut">
          {[
            t(`client.taskKind.${next.kind}`),
            age < hourSeconds ? t('nextStep.ago', { time: clock(age) }) : momentOf(next.createdAt)
          ].join(' · ')}
        </Text>
      </div>
      <Button
        size="xs"
        leftSection={<IconPhoneOutgoing size={15} />}
        loading={call.isPending}
        onClick={() =>
          call.mutate(
            { to: phone, contactId },
            { onError: (error) => toast('rust', `${who}: ${explain(error)}`, 12_000) }
          )
        }
        data-testid="next-call-dial"
      >
        {t('dial.call')}
      </Button>
    </section>
  )
}
