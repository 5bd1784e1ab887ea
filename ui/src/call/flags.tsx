import { Badge, Group, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { missedOutcomes } from '../../../api/contract/journal-fields.ts'
import type { ReportRules } from '../../../api/contract/reports.ts'
import { api } from '../lib/api.ts'
import { fullTime } from '../lib/format.ts'

interface Flag {
  key: string
  label: string
  why: string
  color: 'pine' | 'amber' | 'rust' | 'gray'
}

/** What the project's rules make of a call, each with its rule in words. */
export function CallFlags({ call }: { call: JournalCall }) {
  const { t } = useTranslation()
  const rules = useQuery({
    queryKey: ['report-rules'],
    queryFn: () => api<ReportRules>('GET', '/api/report-rules'),
    staleTime: 300_000
  })
  if (!rules.data) return null
  const { uniqueDays, saleCycleDays, targetSeconds } = rules.data
  const isMissed = call.direction === 'in' && missedOutcomes.some((each) => each === call.outcome)
  const flags: (Flag | false)[] = [
    call.isVip && { key: 'vip', label: 'VIP', why: t('flags.vipWhy'), color: 'amber' },
    call.isSpam && { key: 'spam', label: t('flags.spam'), why: t('flags.spamWhy'), color: 'rust' },
    call.isTarget === true && {
      ...{ key: 'target', label: t('flags.target'), color: 'pine' },
      why: t('flags.targetWhy', { seconds: targetSeconds })
    },
    call.isFirstCall === true && {
      ...{ key: 'first', label: t('flags.first'), color: 'pine' },
      why: t('flags.firstWhy')
    },
    call.callNumber !== null &&
      call.callNumber > 1 && {
        ...{ key: 'nth', label: t('flags.nth', { number: call.callNumber }), color: 'gray' },
        why: t('flags.nthWhy')
      },
    call.isUnique === true && {
      ...{ key: 'unique', label: t('flags.unique'), color: 'gray' },
      why: t('flags.uniqueWhy', { days: uniqueDays })
    },
    call.isRepeat === true && {
      ...{ key: 'repeat', label: t('flags.repeat'), color: 'amber' },
      why: t('flags.repeatWhy', { days: saleCycleDays })
    },
    call.returnedAt !== null && {
      ...{ key: 'returned', label: t('flags.returned'), color: 'pine' },
      why: t('flags.returnedWhy', { at: fullTime(call.returnedAt) })
    },
    isMissed &&
      call.returnedAt === null && {
        ...{ key: 'notReturned', label: t('flags.notReturned'), color: 'rust' },
        why: t('flags.notReturnedWhy')
      }
  ].map((flag) => flag as Flag | false)
  const shown = flags.filter((flag) => flag !== false)
  if (shown.length === 0) return null
  return (
    <Group gap={6} mt={8} data-testid="call-flags">
      {shown.map(({ key, label, why, color }) => (
        <Tooltip key={key} label={why} multiline maw={300}>
          <Badge variant="light" color={color} radius="sm" tt="none" fw={600} tabIndex={0} data-flag={key}>
            {label}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  )
}
