import { Text } from '@mantine/core'
import { IconPinned, IconUser, IconUserStar } from '@tabler/icons-react'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../../api/contract/live.ts'
import { money } from '../crm/money.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { useMe } from '../session/session.ts'
import styles from './call-card.module.css'
import { Fact } from './fact.tsx'

/** More is not counted. */
const countedTo = 1000

/** Whose client it is, and how often they have called: seen at a glance, under the name. */
export function ClientChips({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const me = useMe()
  const { owner, calls } = client
  const isMine = owner?.id === me.id
  const Icon = isMine ? IconUserStar : IconUser
  return (
    <div className={styles.company} data-testid="client-chips">
      {owner && (
        <span className={styles.chip} data-tone={isMine ? 'mine' : undefined}>
          <Icon size={15} /> {isMine ? t('ring.yourClient') : t('ring.clientOf', { name: owner.name })}
        </span>
      )}
      <span className={styles.chip}>
        {calls === 0
          ? t('ring.firstCall')
          : calls < countedTo
            ? t('ring.callsBefore', { count: calls })
            : t('ring.manyCalls')}
      </span>
    </div>
  )
}

/** What a colleague wants everybody to know of this client. */
export function ClientNote({ note }: { note: string | null }) {
  const { t } = useTranslation()
  if (note === null) return null
  return (
    <div className={styles.pinned} data-testid="client-note">
      <IconPinned size={17} aria-label={t('ring.note')} />
      <Text className={styles.note ?? ''} fz="sm" lineClamp={4}>
        {note}
      </Text>
    </div>
  )
}

/** `today, 14:20`, `yesterday, 9:05`, `5 Nov, 10:00`. */
function when(at: string): string {
  const days = dayjs(at).startOf('day').diff(dayjs().startOf('day'), 'day')
  const words = new Intl.RelativeTimeFormat(dayjs.locale(), { numeric: 'auto' })
  return `${days < -1 ? dayOf(at) : words.format(days, 'day')}, ${timeOfDay(at)}`
}

/** The open deal and the last contact, as cells of the card's facts. */
export function ClientFacts({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const { deal, lastContact } = client
  const last =
    lastContact && lastContact.kind === 'call'
      ? [
          t(lastContact.direction === 'out' ? 'ring.out' : 'ring.in'),
          lastContact.outcome && t(`outcome.${lastContact.outcome}`),
          lastContact.with
        ]
      : [lastContact && lastContact.kind !== 'call' ? t(`ring.${lastContact.kind}`) : null]
  return (
    <>
      {deal && (
        <Fact label={t('ring.deal')} testId="client-deal">
          {deal.known ? (
            <>
              {deal.known.title}
              <Text c="dimmed" fz="sm">
                {deal.known.stage}
                {deal.known.amount > 0 && (
                  <span className="num"> · {money(deal.known.amount, deal.known.currency)}</span>
                )}
              </Text>
            </>
          ) : (
            t('ring.dealOf', { name: deal.responsible?.name ?? '' })
          )}
        </Fact>
      )}
      {lastContact && (
        <Fact label={t('ring.lastContact')} testId="client-last">
          <span className="num">{when(lastContact.at)}</span>
          <Text c="dimmed" fz="sm">
            {last.filter(Boolean).join(' · ')}
          </Text>
        </Fact>
      )}
    </>
  )
}
