import '../styles/later.ts'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { TvBoard } from '../../../api/contract/wall.ts'
import { Brand } from '../brand/mark.tsx'
import { changeLocale } from '../i18n/index.ts'
import { api, ApiError, serverNowMs } from '../lib/api.ts'
import { clock, exactTime, secondsSince } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useNow } from '../lib/use-now.ts'
import { presences } from '../lib/words.ts'
import { presenceTone } from '../shell/presence.tsx'
import shell from '../shell/shell.module.css'
import styles from './tv.module.css'
import { BySource, Today } from './today.tsx'
import { queueTone } from './tones.ts'

const refreshMs = 2000
/** Without news for so long the screen says so. */
const staleMs = 6000

/** The wall for a television: by its link alone, in large type, with nothing of a client. */
export default function TvPage() {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const token = location.hash.slice(1)
  const board = useQuery({
    queryKey: ['tv', token],
    queryFn: () => api<TvBoard>('GET', `/api/tv?token=${encodeURIComponent(token)}`),
    refetchInterval: refreshMs,
    refetchIntervalInBackground: true,
    retry: false,
    staleTime: 0
  })
  const locale = board.data?.locale
  useEffect(() => {
    if (locale && i18n.language !== locale) inBackground(changeLocale(locale))
  }, [locale, i18n])
  const isGone = board.error instanceof ApiError && board.error.problem.status === 404
  if (isGone || (!board.data && board.error)) {
    return (
      <main className={styles.empty} data-testid="tv-gone">
        <Brand size={36} />
        <Text fz="xl">{t(isGone ? 'wall.tv.gone' : 'wall.tv.away')}</Text>
      </main>
    )
  }
  if (!board.data) return <main className={styles.empty} />
  const { at, calls, operators, queues, settings } = board.data
  const isStale = serverNowMs() - Date.parse(at) > staleMs
  const talking = calls.filter(({ phase }) => phase === 'talking')
  const waiting = calls.filter(({ phase }) => phase !== 'talking')
  return (
    <main className={styles.tv} data-stale={isStale} data-testid="tv">
      <header className={styles.head}>
        <Brand size={30} />
        {isStale && (
          <span className={styles.stale} role="status" data-testid="tv-stale">
            {t('live.stale', { time: exactTime(at) })}
          </span>
        )}
        <span className="num">{exactTime(new Date(now).toISOString())}</span>
      </header>
      <Today wall={board.data} now={now} />
      <div className={styles.columns}>
        <div className={styles.column}>
          {queues.map(({ queueId, name, waiting: count, longestSince }) => {
            const longest = longestSince ? secondsSince(longestSince, now) : null
            return (
              <section
                key={queueId}
                className={`sheet ${styles.queue}`}
                data-tone={queueTone(count, longest, settings)}
              >
                <span className="cut">{name ?? t('block.queue')}</span>
                <b className="num">{count}</b>
                <span className="num">{longest === null ? '' : clock(longest)}</span>
              </section>
            )
          })}
          <section className={`sheet ${styles.list}`} aria-label={t('wall.waiting')}>
            <span className="eyebrow">
              {t('wall.waiting')} · {waiting.length}
            </span>
            {waiting.map(({ since, source, phase }, index) => (
              <div key={index} className={styles.row} data-testid="tv-waiting">
                <span className="cut">{source ?? t('call.noSource')}</span>
                <span>{t(`phase.${phase as 'ringing'}`)}</span>
                <b className="num">{clock(secondsSince(since, now))}</b>
              </div>
            ))}
          </section>
          <section className={`sheet ${styles.list}`} aria-label={t('wall.talking')}>
            <span className="eyebrow">
              {t('wall.talking')} · {talking.length}
            </span>
            {talking.map(({ since, source, operator }, index) => (
              <div key={index} className={styles.row} data-testid="tv-talking">
                <span className="cut">{operator ?? ''}</span>
                <span className="cut">{source ?? t('call.noSource')}</span>
                <b className="num">{clock(secondsSince(since, now))}</b>
              </div>
            ))}
          </section>
        </div>
        <div className={styles.column}>
          <section className={`sheet ${styles.list}`} aria-label={t('live.operators')}>
            <span className="eyebrow">{t('live.operators')}</span>
            {presences
              .filter((presence) => presence !== 'offline')
              .flatMap((presence) => operators.filter((each) => each.presence === presence))
              .map(({ name, presence, since }) => (
                <div key={name} className={styles.operator} data-testid="tv-operator">
                  <i className={shell.dot} data-tone={presenceTone[presence]} />
                  <span className="cut">{name}</span>
                  <span>{t(`presence.${presence}`)}</span>
                  <b className="num">{clock(secondsSince(since, now))}</b>
                </div>
              ))}
          </section>
          <BySource wall={board.data} />
        </div>
      </div>
    </main>
  )
}
