import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Trunk, TrunkLive } from '../../../api/contract/trunks.ts'
import { useNow } from '../lib/use-now.ts'
import { SafeDelete } from '../settings/safe-delete.tsx'
import { presetCalled } from './presets.ts'
import { troubleOf, whenOf } from './troubles.ts'
import { TrunkState } from './trunk-state.tsx'
import styles from './trunks.module.css'

interface Props {
  trunk: Trunk
  /** Undefined while it is not known yet, or for a trunk that is switched off. */
  live: TrunkLive | undefined
  onOpen: () => void
  onRemoved: () => void
  /** Its place among several, and how it is moved; null where it cannot go that way. */
  place?: number
  onUp?: (() => void) | null
  onDown?: (() => void) | null
}

/** An error older than this is history, unless the trunk still stands badly. */
const freshErrorMs = 60 * 60_000

/** One trunk in the list: who, how it stands, what it carries, what is wrong. */
export function TrunkCard({ trunk, live, onOpen, onRemoved, place, onUp, onDown }: Props) {
  const { t } = useTranslation()
  const nowMs = useNow()
  const state = trunk.isActive ? (live?.state ?? trunk.state) : 'inactive'
  const isBad = state === 'rejected' || state === 'registering' || state === 'unreachable'
  const error = live?.lastError ?? null
  const isFresh = error !== null && (isBad || nowMs - Date.parse(error.at) < freshErrorMs)
  const trouble = error && isFresh ? troubleOf(error) : null
  const brand = presetCalled(trunk.preset)?.brand
  const address = `${trunk.host}:${trunk.port} ${trunk.transport.toUpperCase()}`
  return (
    <article className={`sheet ${styles.card ?? ''}`} data-testid="trunks-row" data-trunk={trunk.id}>
      <div className={styles.cardHead}>
        <div className={styles.order}>
          {place !== undefined && (
            <>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                className={styles.move ?? ''}
                disabled={!onUp}
                aria-label={t('trunks.moveUp', { name: trunk.name })}
                onClick={() => onUp?.()}
                data-testid="trunk-up"
              >
                <IconArrowUp size={15} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                className={styles.move ?? ''}
                disabled={!onDown}
                aria-label={t('trunks.moveDown', { name: trunk.name })}
                onClick={() => onDown?.()}
                data-testid="trunk-down"
              >
                <IconArrowDown size={15} />
              </ActionIcon>
            </>
          )}
        </div>
        <div style={{ minWidth: 0 }}>
          <button type="button" className={styles.name} onClick={onOpen} data-testid="trunk-open">
            {trunk.name}
          </button>
          <div className={styles.under}>
            {[brand !== trunk.name && brand, t(`trunks.kind.${trunk.kind}`), address]
              .filter(Boolean)
              .join(' · ')}
          </div>
        </div>
        <div style={{ textAlign: 'right' }}>
          <TrunkState state={state} />
          {live?.since && state !== 'inactive' && (
            <div className={styles.under}>{t('trunks.since', { at: whenOf(live.since) })}</div>
          )}
        </div>
        <SafeDelete
          things="trunks"
          id={trunk.id}
          name={trunk.name}
          onDeleted={onRemoved}
          testId="remove-trunks"
        />
      </div>
      {trunk.isActive && <Facts trunk={trunk} live={live} place={place} isBad={isBad} />}
      {error && trouble && (
        <div className={styles.trouble} data-testid="trunk-trouble" data-trouble={trouble}>
          <b>{t(`trunks.trouble.${trouble}`, { code: error.code })}</b>{' '}
          <span className={styles.when}>{whenOf(error.at)}</span>
          <div>{t(`trunks.advice.${trouble}`)}</div>
        </div>
      )}
    </article>
  )
}

interface FactsProps {
  trunk: Trunk
  live: TrunkLive | undefined
  place: number | undefined
  isBad: boolean
}

function Facts({ trunk, live, place, isBad }: FactsProps) {
  const { t, i18n } = useTranslation()
  const { maxCalls, maxIn, outgoing } = trunk
  const of = (count: number, limit: number | null): string =>
    limit === null ? String(count) : t('trunks.ofLimit', { count, limit })
  const answer = live?.answer
  return (
    <dl className={styles.facts}>
      <div>
        <dt>{t('trunks.fact.calls')}</dt>
        <dd className="num" data-testid="trunk-calls">
          {live
            ? maxCalls === null
              ? t('trunks.inOut', {
                  in: of(live.callsIn, maxIn),
                  out: of(live.callsOut, outgoing.maxConcurrent)
                })
              : of(live.callsIn + live.callsOut, maxCalls)
            : '–'}
        </dd>
      </div>
      <div>
        <dt>{t('trunks.fact.today')}</dt>
        <dd>
          {live ? t('trunks.todayCalls', { count: live.callsToday }) : '–'}
          {live && live.failedToday > 0 && (
            <span className={styles.bad}>, {t('trunks.failed', { count: live.failedToday })}</span>
          )}
        </dd>
      </div>
      {trunk.isChecked && (
        <div>
          <dt>{t('trunks.fact.answer')}</dt>
          <dd>
            {!answer
              ? '–'
              : !answer.isThere
                ? t('trunks.noAnswer')
                : answer.milliseconds === null
                  ? t('trunks.answers')
                  : t('trunks.milliseconds', { ms: answer.milliseconds.toLocaleString(i18n.language) })}
          </dd>
        </div>
      )}
      <div>
        <dt>{t('trunks.fact.outgoing')}</dt>
        <dd>
          {!outgoing.isUsed
            ? t('trunks.notUsed')
            : [
                ...(place === undefined ? [] : [t('trunks.place', { place })]),
                ...outgoing.prefixes,
                ...outgoing.countries
              ].join(', ') || t('trunks.answers')}
        </dd>
      </div>
      {isBad && live?.nextAttemptAt && (
        <div>
          <dt>{t('trunks.fact.next')}</dt>
          <dd className="num">{whenOf(live.nextAttemptAt)}</dd>
        </div>
      )}
    </dl>
  )
}
