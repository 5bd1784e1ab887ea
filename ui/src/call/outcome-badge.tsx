import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'

const colours: Record<NonNullable<JournalCall['outcome']>, string> = {
  answered: 'pine',
  missed: 'rust',
  abandoned: 'rust',
  busy: 'amber',
  failed: 'rust',
  blocked: 'gray',
  voicemail: 'amber'
}

/** How a call ended; calls in progress have a badge of their own. */
export function OutcomeBadge({ outcome }: { outcome: JournalCall['outcome'] }) {
  const { t } = useTranslation()
  if (!outcome) {
    return (
      <Badge variant="outline" color="pine" radius="sm" tt="none" fw={600} data-outcome="open">
        {t('outcome.open')}
      </Badge>
    )
  }
  return (
    <Badge variant="light" color={colours[outcome]} radius="sm" tt="none" fw={600} data-outcome={outcome}>
      {t(`outcome.${outcome}`)}
    </Badge>
  )
}
