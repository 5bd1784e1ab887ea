import { Anchor, Badge, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Certificate } from '../../../api/contract/certificates.ts'
import { api } from '../lib/api.ts'
import { fullTime } from '../lib/format.ts'
import styles from './system.module.css'

/** The certificate in use; the settings page and the system page look at the same. */
export const useCertificate = () =>
  useQuery({ queryKey: ['certificate'], queryFn: () => api<Certificate>('GET', '/api/certificate') })

/** Below these many days it is amber, and red; as `upkeep/certificates.ts` judges. */
const amberDays = 21
const redDays = 7

/** How long it is valid, coloured before it ends. A self-signed one is made anew by itself. */
export function DaysLeft({ daysLeft, source }: Pick<Certificate, 'daysLeft' | 'source'>) {
  const { t } = useTranslation()
  const isOurs = source === 'selfSigned'
  const color = isOurs || daysLeft >= amberDays ? 'pine' : daysLeft >= redDays ? 'amber' : 'rust'
  return (
    <Badge color={color} variant="light" tt="none" data-testid="certificate-days" data-color={color}>
      {daysLeft < 0 ? t('certificates.ended') : t('certificates.daysLeft', { count: daysLeft })}
    </Badge>
  )
}

/** In short, among the cards of the system page. */
export function CertificateCard() {
  const { t } = useTranslation()
  const { data } = useCertificate()
  if (!data) return null
  return (
    <section
      className={`sheet ${styles.card}`}
      style={{ gridColumn: '1 / -1' }}
      data-testid="certificate-card"
    >
      <Title order={2} size="h3" fz="md">
        {t('certificates.title')}
      </Title>
      <dl className={styles.facts}>
        <dt>{t('certificates.subject')}</dt>
        <dd>{data.subject}</dd>
        <dt>{t('certificates.names')}</dt>
        <dd>{data.names.join(', ')}</dd>
        <dt>{t('certificates.issuer')}</dt>
        <dd>{data.issuer}</dd>
        <dt>{t('certificates.ends')}</dt>
        <dd>
          {fullTime(data.endsAt)} <DaysLeft {...data} />
        </dd>
      </dl>
      <Anchor component={Link} to="/settings/certificate" fz="sm" mt="sm" display="inline-block">
        {t('certificates.open')}
      </Anchor>
    </section>
  )
}
