import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LiveCall, LiveClient } from '../../../api/contract/live.ts'
import { useKnownName } from '../client/known-name.ts'
import { formatPhone, placeName } from '../lib/format.ts'
import { webAddress } from '../lib/web-address.ts'
import styles from './call-card.module.css'
import { ClientFacts } from './client-facts.tsx'
import { Fact } from './fact.tsx'

/** Who it is: the contact's name or the number, and where from. */
export function CallerName(props: {
  live: LiveCall | null
  client: LiveClient | null
  fallback: string | null
}) {
  const { live, client, fallback } = props
  const { t } = useTranslation()
  const number = live?.caller.number ?? fallback
  const shown = formatPhone(number?.match(/^\d{10,15}$/) ? `+${number}` : number) || t('call.hiddenNumber')
  // What has been written into the card beside the talk counts at once.
  const named = useKnownName(live?.contact?.id ?? null, live?.caller.number ?? null)
  const contact = named ?? live?.contact ?? client?.contact ?? null
  const name = contact?.name ?? live?.caller.name ?? null
  const place = placeName(live?.caller.region, live?.caller.country)
  return (
    <div>
      <div className={styles.name} data-testid="caller">
        {name ?? <span className="num">{shown}</span>}
      </div>
      <Text c="dimmed" fz="md" mt={4}>
        {[name ? shown : null, contact?.company, place || null].filter(Boolean).join(' · ') || ' '}
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

/** A page of the site, so short that it can be read at a glance. */
function Page({ url }: { url: string }) {
  const { words, link } = webAddress(url)
  if (link === null) return <span className={styles.address}>{words}</span>
  return (
    <Anchor
      className={styles.address ?? ''}
      c="inherit"
      href={link}
      target="_blank"
      rel="noopener noreferrer"
      title={url}
    >
      {words}
    </Anchor>
  )
}

/** Deal and last contact; number dialled, site and pages, where in the scheme, and what was pressed. */
export function CallFacts({ live, client }: { live: LiveCall; client: LiveClient | null }) {
  const { t } = useTranslation()
  const { site, number, step, pressed, scheme, visit } = live
  return (
    <div className={styles.facts}>
      {client && <ClientFacts client={client} />}
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
      {visit?.landingUrl && (
        <Fact label={t('ring.landing')} testId="landing">
          <Page url={visit.landingUrl} />
        </Fact>
      )}
      {visit?.pageUrl && visit.pageUrl !== visit.landingUrl && (
        <Fact label={t('ring.page')} testId="page-when-called">
          <Page url={visit.pageUrl} />
        </Fact>
      )}
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
