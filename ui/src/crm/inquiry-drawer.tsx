import '../styles/later.ts'
import { Badge, Button, Group, Menu, Text } from '@mantine/core'
import { IconBan, IconBriefcase, IconCheck, IconHandGrab, IconRotate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { InquiryWithEvents } from '../../../api/contract/crm.ts'
import { formatPhone, fullTime } from '../lib/format.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useMe } from '../session/session.ts'
import { Activities } from './activities.tsx'
import { CrmDrawer } from './crm-drawer.tsx'
import styles from './crm.module.css'
import { PathFields } from './path-fields.tsx'
import { useInquiry } from './queries.ts'
import { ResponseClock } from './response-clock.tsx'
import { Responsible } from './responsible.tsx'
import { SavedNote } from './saved-note.tsx'
import { useInquiryMoves, useTitle, type Movable } from './use-inquiry-moves.ts'

const spamReasons = ['selling', 'robot', 'wrong', 'job', 'rude'] as const

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
          <Menu position="bottom-start">
            <Menu.Target>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconBan size={15} />}
                disabled={isBusy}
                data-testid="drawer-spam"
              >
                {t('crm.spam')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('crm.marks.why')}</Menu.Label>
              {spamReasons.map((reason) => (
                <Menu.Item
                  key={reason}
                  onClick={() => move(inquiry, 'spam', t(`crm.marks.reasons.${reason}`))}
                  data-testid={`spam-${reason}`}
                >
                  {t(`crm.marks.reasons.${reason}`)}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item onClick={() => move(inquiry, 'spam')}>{t('crm.marks.noReason')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
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
  const isReadOnly = me.role === 'marketer'
  const save = (body: Record<string, unknown>): void => moves.save(inquiryId, body)
  return (
    <CrmDrawer title={t('crm.ofCall.inquiry')} query={inquiry} onClose={onClose} testId="inquiry-drawer">
      {(data, openCall) => (
        <div className={styles.sections}>
          <Head inquiry={data} />
          {!isReadOnly && <InquiryActions inquiry={data} onAccept={onAccept} />}
          <Activities items={data.activities} onCall={openCall} />
          <div className={styles.two}>
            <Responsible
              value={data.responsible}
              isReadOnly={isReadOnly}
              onChange={(responsibleId) => save({ responsibleId })}
            />
          </div>
          <PathFields path={data} isReadOnly={isReadOnly} onSave={save} />
          <SavedNote value={data.note} isReadOnly={isReadOnly} onSave={(note) => save({ note })} />
        </div>
      )}
    </CrmDrawer>
  )
}
