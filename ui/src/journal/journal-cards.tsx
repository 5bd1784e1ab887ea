import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { Recording } from '../call/recording.tsx'
import { clock, dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import styles from './journal.module.css'
import { RecordingCell, type RowActions } from './row-cells.tsx'

/** The journal on a phone: a card per call. */
export function JournalCards({
  calls,
  onOpen,
  actions
}: {
  calls: JournalCall[]
  onOpen: (id: string) => void
  actions: RowActions
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.cards}>
      {calls.map((call) => {
        const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
        return (
          <div
            key={call.id}
            className={styles.cardRow}
            data-testid="journal-row"
            data-call={call.id}
            onClick={() => onOpen(call.id)}
          >
            <span className={styles.cardWho}>
              <button type="button" onClick={() => onOpen(call.id)}>
                <b className="cut" style={{ fontWeight: 600 }}>
                  {call.contact?.name ?? call.callerName ?? <span className="num">{number}</span>}
                </b>
              </button>
              <CallNumber
                number={call.callerNumber}
                name={call.contact?.name ?? call.callerName}
                contactId={call.contact?.id}
              />
            </span>
            <span className={`num ${styles.sub}`}>
              {isToday(call.startedAt)
                ? timeOfDay(call.startedAt)
                : `${dayOf(call.startedAt)}, ${timeOfDay(call.startedAt)}`}
            </span>
            <span className={`cut ${styles.sub}`}>
              {[call.source?.name, call.campaign].filter(Boolean).join(' → ') || '–'}
            </span>
            <span style={{ justifySelf: 'end' }}>
              <RecordingCell call={call} actions={actions} t={t} />
            </span>
            <span style={{ display: 'flex', gap: 8, alignItems: 'center', minWidth: 0 }}>
              <OutcomeBadge outcome={call.outcome} />
              <span className={`cut ${styles.sub}`}>
                {[call.operator?.name, call.talkSeconds ? clock(call.talkSeconds) : null]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <span className={`num ${styles.stars}`}>{call.rating ? `${call.rating} ★` : ''}</span>
            {actions.playing === call.id && (
              <div style={{ gridColumn: '1 / -1' }} onClick={(event) => event.stopPropagation()}>
                <Recording call={call} autoPlay />
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}
