import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconBan,
  IconBriefcase,
  IconCheck,
  IconFileText,
  IconHandGrab,
  IconHeadphones,
  IconMail,
  IconMessage,
  IconPencil,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneX,
  IconRotate
} from '@tabler/icons-react'
import { useEffect, useRef, type ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import type { Inquiry } from '../../../api/contract/crm.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import styles from './crm.module.css'
import { ResponseClock } from './response-clock.tsx'
import { useTitle } from './use-inquiry-moves.ts'

const icons: Record<Inquiry['kind'], ComponentType<{ size: number; stroke: number }>> = {
  call: IconPhoneIncoming,
  form: IconFileText,
  callback: IconPhoneCall,
  mail: IconMail,
  message: IconMessage,
  manual: IconPencil
}

export interface RowMoves {
  accept: (inquiry: Inquiry) => void
  take: (inquiry: Inquiry) => void
  close: (inquiry: Inquiry) => void
  spam: (inquiry: Inquiry) => void
  restore: (inquiry: Inquiry) => void
}

function Actions({ inquiry, moves }: { inquiry: Inquiry; moves: RowMoves }) {
  const { t } = useTranslation()
  const { state } = inquiry
  const isOpen = state === 'new' || state === 'inWork'
  const buttons = [
    { key: 'accept', icon: IconBriefcase, label: t('crm.accept'), isOn: isOpen || state === 'closed' },
    { key: 'take', icon: IconHandGrab, label: t('crm.take'), isOn: state === 'new' },
    { key: 'close', icon: IconCheck, label: t('crm.close'), isOn: isOpen },
    { key: 'spam', icon: IconBan, label: t('crm.spam'), isOn: isOpen },
    {
      key: 'restore',
      icon: IconRotate,
      label: t(state === 'spam' ? 'crm.notSpam' : 'crm.reopen'),
      isOn: state === 'closed' || state === 'spam'
    }
  ] as const
  return (
    <span className={styles.rowActions} onClick={(event) => event.stopPropagation()}>
      {buttons
        .filter(({ isOn }) => isOn)
        .map(({ key, icon: Icon, label }) => (
          <Tooltip key={key} label={label}>
            <ActionIcon
              variant={key === 'accept' ? 'light' : 'subtle'}
              color={key === 'accept' ? 'pine' : 'gray'}
              className={key === 'accept' ? '' : (styles.quiet ?? '')}
              aria-label={`${label}: ${inquiry.title}`}
              onClick={() => moves[key](inquiry)}
              data-testid={`inquiry-${key}`}
            >
              <Icon size={17} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
        ))}
    </span>
  )
}

interface Props {
  inquiry: Inquiry
  isChosen: boolean
  onOpen: (id: string) => void
  /** Null: whoever looks may only read. */
  moves: RowMoves | null
}

/** One line of the desk. */
export function InquiryRow({ inquiry, isChosen, onOpen, moves }: Props) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const wasMissed = inquiry.isMissed && inquiry.firstResponseAt === null
  const Icon = inquiry.kind === 'call' && inquiry.isMissed ? IconPhoneX : icons[inquiry.kind]
  const isPhone = inquiry.title === inquiry.phone
  const source = [
    inquiry.inquiryChannel && t(`inquiryChannel.${inquiry.inquiryChannel}`),
    inquiry.campaign,
    inquiry.keyword && `«${inquiry.keyword}»`
  ]
  return (
    <li
      ref={row}
      className={styles.row}
      data-chosen={isChosen || undefined}
      data-testid="inquiry-row"
      data-id={inquiry.id}
      onClick={() => onOpen(inquiry.id)}
    >
      <span
        className={styles.kind}
        data-tone={wasMissed ? 'late' : 'plain'}
        title={t(`crm.kind.${inquiry.kind}`)}
      >
        <Icon size={18} stroke={1.8} />
      </span>
      <span className={styles.who}>
        <span className={styles.whoLine}>
          <button type="button" className={`cut ${styles.openRow}`} onClick={() => onOpen(inquiry.id)}>
            <span className={isPhone ? 'num' : ''}>{titleOf(inquiry)}</span>
          </button>
          {inquiry.call?.hasRecording && (
            <IconHeadphones size={15} aria-label={t('crm.events.recorded')} className={styles.mark} />
          )}
          <CallNumber number={inquiry.phone} name={inquiry.title} />
        </span>
        <span className={`cut ${styles.sub}`}>
          {[
            isPhone
              ? t(`crm.kind.${inquiry.kind}`)
              : formatPhone(inquiry.phone) || t(`crm.kind.${inquiry.kind}`),
            inquiry.events > 1 ? t('crm.desk.events', { count: inquiry.events }) : null,
            inquiry.note
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className={styles.from}>
        <span className="cut">{inquiry.source ?? '–'}</span>
        <span className={`cut ${styles.sub}`}>{source.filter(Boolean).join(' → ') || ' '}</span>
      </span>
      <span className={styles.response}>
        <ResponseClock inquiry={inquiry} />
        <span className={`cut ${styles.sub}`}>{inquiry.responsible?.name ?? t('crm.nobody')}</span>
      </span>
      <span className={`num ${styles.when}`}>
        {timeOfDay(inquiry.createdAt)}
        <span className={styles.sub}>
          {isToday(inquiry.createdAt) ? t('journal.today') : dayOf(inquiry.createdAt)}
        </span>
      </span>
      {moves ? <Actions inquiry={inquiry} moves={moves} /> : <span />}
    </li>
  )
}
