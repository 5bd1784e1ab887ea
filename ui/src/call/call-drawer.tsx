import '../styles/later.ts'
import { Button, Drawer, Group, Rating, Skeleton, Stack, Text } from '@mantine/core'
import { lazy, Suspense, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime, regionName } from '../lib/format.ts'
import { CallFields } from './call-fields.tsx'
import { CallNotes } from './call-notes.tsx'
import { Comments, useComments } from './comments.tsx'
import styles from './drawer.module.css'
import { CallFlags } from './flags.tsx'
import { CallQuality } from './line-quality.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import type { PlayerHandle } from './player.tsx'
import { useCall } from './queries.ts'
import { Recording } from './recording.tsx'
import { Tape } from './tape.tsx'
import { VisitorPath } from './visitor-path.tsx'
import { CallDeal } from '../crm/call-deal.tsx'
import { PathLink } from '../reports/path-link.tsx'
import { withTexts } from '../i18n/index.ts'
import { useMe } from '../session/session.ts'
import { CallNumber, useMayCall } from '../operator/click-to-call.tsx'
import { inBackground } from '../lib/in-background.ts'

const CallTrace = lazy(withTexts(['sip-trace'], () => import('../trace/call-trace.tsx')))
const CallerButtons = lazy(withTexts(['caller-lists'], () => import('../lists/caller-buttons.tsx')))

function Head({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.callerName
  const mayList = useMayCall() && call.direction === 'in'
  return (
    <div>
      <Group gap="sm" align="center">
        <Text fz={22} fw={640} lh={1.25}>
          {name ?? <span className="num">{number}</span>}
        </Text>
        <CallNumber number={call.callerNumber} name={name} />
        {mayList && call.callerNumber !== null && (
          <Suspense>
            <CallerButtons number={call.callerNumber} callId={call.id} />
          </Suspense>
        )}
        <OutcomeBadge outcome={call.outcome} />
        {call.rating !== null && <Rating value={call.rating} readOnly size="sm" color="amber" />}
        {call.direction === 'in' && <PathLink callId={call.id} />}
      </Group>
      <Text c="dimmed" mt={2}>
        {[name ? number : null, regionName(call.callerRegion), fullTime(call.startedAt)]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <CallFlags call={call} />
    </div>
  )
}

/** The recording with what people said of its moments. */
function Sound({ call }: { call: JournalCallWithLegs }) {
  const player = useRef<PlayerHandle>(null)
  const comments = useComments(call.id)
  const isPlayable = call.recording?.state === 'ready' && call.recording.url !== null
  const markers = comments.items.flatMap(({ id, atSeconds, text }) =>
    atSeconds === null ? [] : [{ id, atSeconds, text }]
  )
  return (
    <>
      <section>
        <Recording call={call} markers={markers} handle={player} />
      </section>
      <Comments
        comments={comments}
        position={isPlayable ? () => player.current?.position() ?? 0 : null}
        onSeek={(seconds) => player.current?.playFrom(seconds)}
      />
    </>
  )
}

/** One call in full: recording, what happened over time, notes, and every field of the journal. */
export default function CallDrawer({ callId, onClose }: { callId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
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
          <Sound key={`sound-${call.data.id}`} call={call.data} />
          <section>
            <div className="eyebrow">{t('tape.title')}</div>
            <Tape callId={call.data.id} />
          </section>
          <CallQuality call={call.data} />
          <CallDeal call={call.data} />
          <CallNotes key={call.data.id} call={call.data} />
          <VisitorPath key={`path-${call.data.id}`} call={call.data} />
          {(me.role === 'admin' || me.role === 'supervisor') && (
            <Suspense fallback={null}>
              <CallTrace key={`trace-${call.data.id}`} call={call.data} />
            </Suspense>
          )}
          <CallFields call={call.data} />
        </div>
      )}
    </Drawer>
  )
}
