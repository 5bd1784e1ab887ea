import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { formatPhone, placeName } from '../lib/format.ts'
import styles from './call-card.module.css'

function Fact({ label, children, testId }: { label: string; children: React.ReactNode; testId?: string }) {
  return (
    <div className={styles.fact} data-testid={testId}>
      <div className="eyebrow">{label}</div>
      <div>{children}</div>
    </div>
  )
}

/** Who it is: the contact's name or the number, and where from. */
export function CallerName({ live, fallback }: { live: LiveCall | null; fallback: string | null }) {
  const { t } = useTranslation()
  const number = live?.caller.number ?? fallback
  const shown = formatPhone(number?.match(/^\d{10,15}$/) ? `+${number}` : number) || t('call.hiddenNumber')
  const name = live?.contact?.name ?? live?.caller.name ?? null
  const place = placeName(live?.caller.region, live?.caller.country)
  return (
    <div>
      <div className={styles.name} data-testid="caller">
        {name ?? <span className="num">{shown}</span>}
      </div>
      <Text c="dimmed" fz="md" mt={4}>
        {[name ? shown : null, live?.contact?.company, place || null].filter(Boolean).join(' · ') || ' '}
      </Text>
    </div>
  )
}

/** Which ad it came from: what this product is for, so it stands right under the name. */
export function CallSource({ live }: { live: LiveCall | null }) {
  const { t } = useTranslation()
  const source = live?.source
  return (
    <div className={styles.source} data-testid="source">
      <div className="eyebrow">
        {t('call.source')}
        {source ? ` · ${t(`inquiryChannel.${source.inquiryChannel}`)}` : ''}
      </div>
      {source ? (
        <div className={styles.path}>
          <Text component="span" fz="lg" fw={640}>
            {source.name}
          </Text>
          {source.campaign && (
            <Text component="span" fz="lg">
              {source.campaign}
            </Text>
          )}
          {source.keyword && (
            <Text component="span" fz="lg">
              «{source.keyword}»
            </Text>
          )}
        </div>
      ) : (
        <Text c="dimmed">{t('call.noSource')}</Text>
      )}
    </div>
  )
}

/** Site, number dialled, where in the scheme, and what was pressed. */
export function CallFacts({ live }: { live: LiveCall }) {
  const { t } = useTranslation()
  const { site, number, step, pressed, scheme } = live
  return (
    <div className={styles.facts}>
      {number && (
        <Fact label={t('call.number')}>
          <span className="num">{formatPhone(number.e164)}</span>
          {number.label && (
            <Text c="dimmed" fz="sm">
              {number.label}
            </Text>
          )}
        </Fact>
      )}
      {site && <Fact label={t('call.site')}>{site.name}</Fact>}
      {(step ?? scheme) && (
        <Fact label={t('call.step')}>
          {step ? (step.label ?? step.block) : scheme?.name}
          {step && scheme && (
            <Text c="dimmed" fz="sm">
              {scheme.name}
            </Text>
          )}
        </Fact>
      )}
      {pressed && (
        <Fact label={t('call.pressed')}>
          <span className="num">{pressed}</span>
        </Fact>
      )}
    </div>
  )
}
