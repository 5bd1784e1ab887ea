import { Button, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SystemState } from '../../../api/contract/system.ts'
import { fullTime } from '../lib/format.ts'
import { Points } from './points.tsx'
import styles from './system.module.css'
import { useUpdate } from './use-update.ts'
import { size } from './words.ts'

const colors = {
  recordings: 'var(--mantine-color-pine-6)',
  database: 'var(--mantine-color-amber-5)',
  other: 'var(--mantine-color-gray-5)',
  free: 'var(--rt-hover)'
} as const

/** What lies on the disk, and for how long there is room. */
export function Disk({ disk }: { disk: SystemState['disk'] }) {
  const { t } = useTranslation()
  const { freeBytes, totalBytes, recordingBytes, databaseBytes, daysLeft, bytesPerDay, retentionDays } = disk
  if (freeBytes === null || totalBytes === null) return null
  const recordings = recordingBytes ?? 0
  const database = databaseBytes ?? 0
  const other = Math.max(0, totalBytes - freeBytes - recordings - database)
  const parts = [
    { name: 'recordings', bytes: recordings },
    { name: 'database', bytes: database },
    { name: 'other', bytes: other },
    { name: 'free', bytes: freeBytes }
  ] as const
  return (
    <section className={`sheet ${styles.card}`}>
      <Title order={2} size="h3" fz="md">
        {t('system.disk.title')}
      </Title>
      <div className={styles.bar} aria-hidden>
        {parts.map(({ name, bytes }) => (
          <span key={name} style={{ background: colors[name], flexGrow: bytes / totalBytes, flexBasis: 0 }} />
        ))}
      </div>
      <div className={styles.legend}>
        {parts.map(({ name, bytes }) => (
          <div key={name}>
            <span
              className={styles.dot}
              style={{
                background: colors[name],
                ...(name === 'free' && { outline: '1px solid var(--rt-line)' })
              }}
            />
            <Text fz="sm">
              {t(`system.disk.${name}`)}{' '}
              <Text span c="dimmed" fz="sm" className="num">
                {size(bytes)}
              </Text>
            </Text>
          </div>
        ))}
      </div>
      <Text fz="sm" mt="md" fw={580}>
        {daysLeft !== null
          ? t('system.disk.daysLeft', { count: daysLeft })
          : t(bytesPerDay === null ? 'system.disk.noForecast' : 'system.disk.enough')}
      </Text>
      {bytesPerDay !== null && (
        <Text fz="sm" c="dimmed">
          {t('system.disk.perDay', { size: size(bytesPerDay) })}{' '}
          {retentionDays === null
            ? t('system.disk.keptForEver')
            : t('system.disk.kept', { count: retentionDays })}
        </Text>
      )}
    </section>
  )
}

/** Which parts run here. */
export function Versions({ versions }: { versions: SystemState['versions'] }) {
  const { t } = useTranslation()
  return (
    <section className={`sheet ${styles.card}`}>
      <Title order={2} size="h3" fz="md">
        {t('system.versions.title')}
      </Title>
      <dl className={styles.facts}>
        {(['product', 'asterisk', 'postgres', 'node', 'schema', 'system'] as const).map((name) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{t(`system.versions.${name}`)}</dt>
            <dd className="num" style={{ whiteSpace: 'normal' }}>
              {versions[name] ?? '–'}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const pointsAtFirst = 8

/** What the last update brought, else the newest part of the change log. */
export function Notes({ text, version }: { text: string; version: string }) {
  const { t } = useTranslation()
  const update = useUpdate()
  const [isWhole, setWhole] = useState(false)
  const news = update.data?.fresh ?? []
  const [heading = '', ...rest] = text.split('\n')
  const all = rest.join('\n').split(/^- /m).slice(1)
  const points = news.length > 0 && !isWhole ? news : all
  if (points.length === 0) return null
  const shown = isWhole ? points : points.slice(0, pointsAtFirst)
  // Between two versions the change log has no number yet.
  const named = /\d/.test(heading) ? heading.replace(/^#+\s*/, '') : version
  const since = news.length > 0 && !isWhole ? update.data : null
  return (
    <section className={styles.part} id="news" data-testid="notes">
      <Title order={2} size="h3">
        {t('system.notes.title')}
      </Title>
      <Text c="dimmed" fz="sm" mb="sm">
        {since?.updatedAt
          ? t('system.notes.since', { version: since.version, at: fullTime(since.updatedAt) })
          : t('system.notes.version', { version: named })}
      </Text>
      <div className={`sheet ${styles.card} ${styles.notes}`}>
        <Points points={shown} />
      </div>
      {!isWhole && (all.length > shown.length || points.length > shown.length) && (
        <Button mt="sm" variant="default" onClick={() => setWhole(true)}>
          {t('system.notes.more', { count: all.length })}
        </Button>
      )}
    </section>
  )
}
