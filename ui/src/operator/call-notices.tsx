import { Alert, Text } from '@mantine/core'
import { IconArrowForwardUp, IconEye, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { formatPhone, secondsSince } from '../lib/format.ts'
import { refusalWord, transferReason } from '../lib/refusals.ts'
import { useNow } from '../lib/use-now.ts'
import { legOf, othersIn, partOf, type Part } from '../live/part.ts'
import { useMe } from '../session/session.ts'
import styles from './call-card.module.css'

/** How long the end of a failed transfer or dial stays on the card, seconds. */
const newsSeconds = 20

/** What the last owner gave on with the call: shown before the answer, and on. */
export function Handover({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const me = useMe()
  const leg = legOf(call, me.id)
  const handover = leg?.handover ?? (call.transfer?.state === 'completed' ? fromTransfer(call) : null)
  if (!handover) return null
  const isQuestion = leg?.purpose === 'consult'
  const isReturn = leg?.purpose === 'return'
  return (
    <div className={styles.handover} data-testid="handover">
      <IconArrowForwardUp size={20} />
      <div style={{ minWidth: 0 }}>
        <Text fw={600}>
          {t(isQuestion ? 'transfer.asks' : isReturn ? 'transfer.cameBack' : 'transfer.gave', {
            name: handover.fromName ?? t('transfer.somebody')
          })}
        </Text>
        {handover.note && (
          <Text className={styles.note ?? ''} data-testid="handover-note">
            {handover.note}
          </Text>
        )}
      </div>
    </div>
  )
}

function fromTransfer({ transfer }: LiveCall): { fromName: string | null; note: string | null } | null {
  return transfer && { fromName: transfer.from, note: transfer.note }
}

/** What has just gone wrong in the call, in words: a transfer that nobody took, a number that may not be dialled. */
export function CallNews({ call, part }: { call: LiveCall; part: Part | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const { transfer, refusal } = call
  const isFresh = (at: string): boolean => secondsSince(at, now) < newsSeconds
  if (part !== 'owner' && part !== 'ordering') return null
  return (
    <>
      {transfer?.state === 'failed' && isFresh(transfer.at) && (
        <Alert color="amber" p="xs" data-testid="transfer-failed">
          {t('transfer.failed')} {transferReason(transfer.reason)}
        </Alert>
      )}
      {refusal && isFresh(refusal.at) && (
        <Alert color="rust" p="xs" data-testid="dial-refused">
          <b>{t('dial.refused', { number: formatPhone(refusal.number) })}</b> {refusalWord(refusal.reason)}
        </Alert>
      )}
    </>
  )
}

/** Who else is in the talk: third parties, and a supervisor who does not hide. */
export function Company({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const me = useMe()
  // Whoever is consulted does not hear the client yet: who asks stands above.
  const others = partOf(call, me.id) === 'consulted' ? [] : othersIn(call, me.id)
  const watchers = call.watchers.filter((each) => each.userId !== me.id)
  if (others.length === 0 && watchers.length === 0) return null
  return (
    <div className={styles.company} role="status">
      {others.length > 0 && (
        <span className={styles.chip} data-testid="others">
          <IconUsers size={15} /> {t('talk.alsoHere', { names: others.map((each) => each.name).join(', ') })}
        </span>
      )}
      {watchers.map((each) => (
        <span key={each.leg} className={styles.chip} data-tone="watch" data-testid="watched">
          <IconEye size={15} /> {t(`watch.says.${each.mode}`, { name: each.name })}
        </span>
      ))}
    </div>
  )
}
