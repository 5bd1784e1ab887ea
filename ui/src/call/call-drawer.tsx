import '../styles/later.ts'
import { Button, Drawer, Group, Rating, Skeleton, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime, regionName } from '../lib/format.ts'
import { CallFields } from './call-fields.tsx'
import { CallNotes } from './call-notes.tsx'
import styles from './drawer.module.css'
import { OutcomeBadge } from './outcome-badge.tsx'
import { useCall } from './queries.ts'
import { Recording } from './recording.tsx'
import { Tape } from './tape.tsx'
import { CallDeal } from '../crm/call-deal.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import { inBackground } from '../lib/in-background.ts'

function Head({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.callerName
  return (
    <div>
      <Group gap="sm" align="center">
        <Text fz={22} fw={640} lh={1.25}>
          {name ?? <span className="num">{number}</span>}
        </Text>
        <CallNumber number={call.callerNumber} name={name} />
        <OutcomeBadge outcome={call.outcome} />
        {call.rating !== null && <Rating value={call.rating} readOnly size="sm" color="amber" />}
      </Group>
      <Text c="dimmed" mt={2}>
        {[name ? number : null, regionName(call.callerRegion), fullTime(call.startedAt)]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </div>
  )
}

/** One call in full: recording, what happened over time, notes, and every field of the journal. */
export default function CallDrawer({ callId, onClose }: { callId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const call = useCall(callId)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={760}
      title={<span className="eyebrow">{t('journal.call')}</span>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="call-drawer"
    >
      {call.isPending && (
        <Stack>
          <Skeleton height={30} width="60%" />
          <Skeleton height={90} />
          <Skeleton height={120} />
        </Stack>
      )}
      {call.isError && (
        <Stack align="flex-start">
          <Text>{explain(call.error)}</Text>
          <Button variant="default" onClick={() => inBackground(call.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {call.data && (
        <div className={styles.sections}>
          <Head call={call.data} />
          <section>
            <Recording call={call.data} />
          </section>
          <section>
            <div className="eyebrow">{t('tape.title')}</div>
            <Tape callId={call.data.id} />
          </section>
          <CallDeal call={call.data} />
          <CallNotes key={call.data.id} call={call.data} />
          <CallFields call={call.data} />
        </div>
      )}
    </Drawer>
  )
}
