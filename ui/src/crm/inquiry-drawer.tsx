import '../styles/later.ts'
import { Badge, Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconBan, IconBriefcase, IconCheck, IconHandGrab, IconRotate } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { withTexts } from '../i18n/index.ts'
import type { InquiryWithEvents } from '../../../api/contract/crm.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useMe } from '../session/session.ts'
import { Activities } from './activities.tsx'
import styles from './crm.module.css'
import { PathFields } from './path-fields.tsx'
import { useInquiry } from './queries.ts'
import { ResponseClock } from './response-clock.tsx'
import { Responsible } from './responsible.tsx'
import { SavedNote } from './saved-note.tsx'
import { useInquiryMoves, useTitle, type Movable } from './use-inquiry-moves.ts'

const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))

/** What can be done with an inquiry in its state. */
export function InquiryActions({
  inquiry,
  onAccept
}: {
  inquiry: InquiryWithEvents
  onAccept: (inquiry: Movable) => void
}) {
  const { t } = useTranslation()
  const { move, isBusy } = useInquiryMoves()
  const { state } = inquiry
  if (state === 'accepted') return null
  return (
    <Group gap={8}>
      {state !== 'spam' && (
        <Button
          size="xs"
          leftSection={<IconBriefcase size={15} />}
          onClick={() => onAccept(inquiry)}
          data-testid="drawer-accept"
        >
          {t('crm.accept')}
        </Button>
      )}
      {state === 'new' && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconHandGrab size={15} />}
          disabled={isBusy}
          onClick={() => move(inquiry, 'inWork')}
        >
          {t('crm.take')}
        </Button>
      )}
      {(state === 'closed' || state === 'spam') && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRotate size={15} />}
          disabled={isBusy}
          onClick={() => move(inquiry, 'new')}
        >
          {t(state === 'spam' ? 'crm.notSpam' : 'crm.reopen')}
        </Button>
      )}
      {(state === 'new' || state === 'inWork') && (
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCheck size={15} />}
            disabled={isBusy}
            onClick={() => move(inquiry, 'closed')}
          >
            {t('crm.close')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBan size={15} />}
            disabled={isBusy}
            onClick={() => move(inquiry, 'spam')}
          >
            {t('crm.spam')}
          </Button>
        </>
      )}
    </Group>
  )
}

function Head({ inquiry }: { inquiry: InquiryWithEvents }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const isPhone = inquiry.title === inquiry.phone
  return (
    <div>
      <Group gap="sm" align="center">
        <Text fz={22} fw={640} lh={1.25} style={{ overflowWrap: 'anywhere' }}>
          <span className={isPhone ? 'num' : ''}>{titleOf(inquiry)}</span>
        </Text>
        <CallNumber number={inquiry.phone} name={inquiry.title} />
        <Badge variant="light" radius="sm" tt="none" fw={600} data-testid="inquiry-state">
          {t(`crm.stateOne.${inquiry.state}`)}
        </Badge>
        {inquiry.isDemo && (
          <Badge variant="outline" color="gray" radius="sm" tt="none">
            {t('crm.demo')}
          </Badge>
        )}
      </Group>
      <Text c="dimmed" mt={2}>
        {[
          t(`crm.kind.${inquiry.kind}`),
          isPhone ? null : formatPhone(inquiry.phone),
          inquiry.email,
          fullTime(inquiry.createdAt)
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <Group gap={14} mt={8}>
        <ResponseClock inquiry={inquiry} />
        {inquiry.deal && (
          <Text fz="sm">
            {t('crm.deal.title')}:{' '}
            <Link className={styles.link ?? ''} to={`/deals?deal=${inquiry.deal.id}`} data-testid="to-deal">
              {titleOf(inquiry.deal)}
            </Link>
          </Text>
        )}
      </Group>
    </div>
  )
}

interface Props {
  inquiryId: string
  onClose: () => void
  onAccept: (inquiry: Movable) => void
}

/** One inquiry in full. */
export default function InquiryDrawer({ inquiryId, onClose, onAccept }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const inquiry = useInquiry(inquiryId)
  const moves = useInquiryMoves()
  const [callId, setCallId] = useState<string | null>(null)
  const isReadOnly = me.role === 'marketer'
  const save = (body: Record<string, unknown>): void => moves.save(inquiryId, body)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={640}
      title={<span className="eyebrow">{t('crm.ofCall.inquiry')}</span>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="inquiry-drawer"
    >
      {inquiry.isPending && (
        <Stack>
          <Skeleton height={30} width="60%" />
          <Skeleton height={90} />
        </Stack>
      )}
      {inquiry.isError && (
        <Stack align="flex-start">
          <Text>{explain(inquiry.error)}</Text>
          <Button variant="default" onClick={() => inBackground(inquiry.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {inquiry.data && (
        <div className={styles.sections}>
          <Head inquiry={inquiry.data} />
          {!isReadOnly && <InquiryActions inquiry={inquiry.data} onAccept={onAccept} />}
          <Activities items={inquiry.data.activities} onCall={setCallId} />
          <div className={styles.two}>
            <Responsible
              value={inquiry.data.responsible}
              isReadOnly={isReadOnly}
              onChange={(responsibleId) => save({ responsibleId })}
            />
          </div>
          <PathFields path={inquiry.data} isReadOnly={isReadOnly} onSave={save} />
          <SavedNote value={inquiry.data.note} isReadOnly={isReadOnly} onSave={(note) => save({ note })} />
        </div>
      )}
      {callId && (
        <Suspense>
          <CallDrawer callId={callId} onClose={() => setCallId(null)} />
        </Suspense>
      )}
    </Drawer>
  )
}
