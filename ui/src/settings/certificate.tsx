import { Alert, Anchor, Button, Code, CopyButton, Group, Skeleton, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Certificate } from '../../../api/contract/certificates.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { DaysLeft, useCertificate } from '../system/certificate.tsx'
import styles from '../system/system.module.css'
import { BringCertificate } from './bring-certificate.tsx'
import { ConfirmButton } from './confirm-button.tsx'

type Why = 'unreadable'

/** The certificate of the installation: what is in use, what is wrong with it, and another one. */
export default function CertificatePage() {
  const { t } = useTranslation()
  const { data, error, isPending } = useCertificate()
  return (
    <section>
      <Title order={1} size="h2">
        {t('certificates.title')}
      </Title>
      <Text c="dimmed" mb="md" maw={680}>
        {t('certificates.text')}
      </Text>
      {isPending && <Skeleton height={300} radius="lg" />}
      {error && <Alert color="rust">{explain(error)}</Alert>}
      {data && (
        <div style={{ maxWidth: 760 }}>
          <Warnings of={data} />
          <InUse of={data} />
          {data.files ? (
            <Files files={data.files} />
          ) : (
            <BringCertificate isAnother={data.source === 'uploaded'} />
          )}
        </div>
      )}
    </section>
  )
}

function Warnings({ of }: { of: Certificate }) {
  const { t } = useTranslation()
  const { problem } = of
  const why =
    problem &&
    t(`certificates.refused.${problem.reason as Why}`, {
      about: problem.about ?? '',
      interpolation: { escapeValue: false }
    })
  const texts = [
    ...(why ? [{ text: t('certificates.broken', { why }), color: 'rust' }] : []),
    ...(of.isTls ? [] : [{ text: t('certificates.noHttps'), color: 'gray' }]),
    ...(of.isTls && of.trust === 'selfSigned'
      ? [{ text: t('certificates.warnSelfSigned'), color: 'amber' }]
      : []),
    ...(of.isChainWhole ? [] : [{ text: t('certificates.warnChain'), color: 'amber' }]),
    ...(of.isTls && !of.isNamed ? [{ text: t('certificates.warnName'), color: 'amber' }] : [])
  ]
  return texts.map(({ text, color }) => (
    <Alert
      key={text}
      color={color}
      mb="sm"
      icon={<IconAlertTriangle size={18} />}
      data-testid="certificate-warning"
    >
      {text}
    </Alert>
  ))
}

function InUse({ of }: { of: Certificate }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => api('DELETE', '/api/certificate'),
    onSuccess: async () => {
      toast('pine', t('certificates.removed'))
      await client.invalidateQueries({ queryKey: ['certificate'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const port = of.sipTlsPort
  const serves =
    port === null
      ? t(of.isTls ? 'certificates.webOnly' : 'certificates.nobody')
      : t(of.isTls ? 'certificates.webAndSip' : 'certificates.sipOnly', { port })
  return (
    <section className={`sheet ${styles.card}`} data-testid="certificate-in-use">
      <Group justify="space-between">
        <Title order={2} size="h3" fz="md">
          {t('certificates.inUse')}
        </Title>
        {of.source === 'uploaded' && (
          <ConfirmButton
            text={t('certificates.removeText')}
            confirm={t('certificates.remove')}
            onConfirm={() => remove.mutate()}
          >
            {(ask) => (
              <Button
                variant="subtle"
                color="rust"
                size="compact-sm"
                leftSection={<IconTrash size={15} />}
                loading={remove.isPending}
                onClick={ask}
                data-testid="certificate-remove"
              >
                {t('certificates.remove')}
              </Button>
            )}
          </ConfirmButton>
        )}
      </Group>
      <dl className={styles.facts}>
        <dt>{t('certificates.subject')}</dt>
        <dd>{of.subject}</dd>
        <dt>{t('certificates.names')}</dt>
        <dd>{of.names.join(', ')}</dd>
        <dt>{t('certificates.issuer')}</dt>
        <dd>{of.issuer}</dd>
        <dt>{t('certificates.trust')}</dt>
        <dd>{t(`certificates.trusts.${of.trust}`)}</dd>
        <dt>{t('certificates.ends')}</dt>
        <dd>
          {fullTime(of.endsAt)} <DaysLeft {...of} />
        </dd>
        <dt>{t('certificates.source')}</dt>
        <dd>{t(`certificates.sources.${of.source}`)}</dd>
        <dt>{t('certificates.serves')}</dt>
        <dd>{serves}</dd>
        <dt>{t('certificates.fingerprint')}</dt>
        <dd>
          <Text span ff="monospace" fz="xs">
            {of.fingerprint}
          </Text>{' '}
          <CopyButton value={of.fingerprint}>
            {({ copied, copy }) => (
              <Anchor component="button" fz="sm" onClick={copy}>
                {t(copied ? 'certificates.copied' : 'certificates.copy')}
              </Anchor>
            )}
          </CopyButton>
        </dd>
      </dl>
    </section>
  )
}

function Files({ files }: { files: NonNullable<Certificate['files']> }) {
  const { t } = useTranslation()
  return (
    <section className={`sheet ${styles.card}`} style={{ marginTop: 16 }}>
      <Text mb="sm">{t('certificates.fromFiles')}</Text>
      <Code block>{`${files.cert}\n${files.key}`}</Code>
    </section>
  )
}
