import { Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SystemState } from '../../../api/contract/system.ts'
import styles from './system.module.css'
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
  const { freeBytes, totalBytes, recordingBytes, databaseBytes, daysLeft } = disk
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
        {daysLeft === null ? t('system.disk.noForecast') : t('system.disk.daysLeft', { count: daysLeft })}
      </Text>
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

/** The newest part of the change log: headings, and points with some words in bold. */
export function Notes({ text }: { text: string }) {
  const { t } = useTranslation()
  const [heading = '', ...rest] = text.split('\n')
  const points = rest.join('\n').split(/^- /m).slice(1)
  if (points.length === 0) return null
  return (
    <section className={styles.part}>
      <Title order={2} size="h3" mb="sm">
        {t('system.notes.title')}
      </Title>
      <div className={`sheet ${styles.card} ${styles.notes}`} lang="en">
        <h3>{heading.replace(/^#+\s*/, '')}</h3>
        <ul>
          {points.map((point) => (
            <li key={point}>
              {point
                .trim()
                .split(/\*\*/)
                .map((piece, n) => (n % 2 === 1 ? <b key={n}>{piece}</b> : piece.replaceAll('`', '')))}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
