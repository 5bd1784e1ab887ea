import { Alert, Button, FileButton, Group, Text, Textarea, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Certificate } from '../../../api/contract/certificates.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from '../system/system.module.css'

const mostBytes = 100_000
type Why = 'otherKey'

/** Two texts in PEM, by file or pasted; checked by the server, which says what to do when it refuses them. */
export function BringCertificate({ isAnother }: { isAnother: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [certificate, setCertificate] = useState('')
  const [key, setKey] = useState('')
  const save = useMutation({
    mutationFn: () => api<Certificate>('PUT', '/api/certificate', { certificate, key }),
    onSuccess: async (now) => {
      setCertificate('')
      setKey('')
      client.setQueryData(['certificate'], now)
      toast('pine', t('certificates.saved'))
      await client.invalidateQueries({ queryKey: ['system'] })
    }
  })

  function refusal(error: unknown): string {
    if (!(error instanceof ApiError) || error.problem.code !== 'certificate_refused') return explain(error)
    const { reason, about } = (error.problem.current ?? {}) as { reason?: string; about?: string | null }
    return t(`certificates.refused.${reason as Why}`, {
      about: about ?? '',
      interpolation: { escapeValue: false }
    })
  }

  return (
    <form
      className={`sheet ${styles.card}`}
      style={{ marginTop: 16 }}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      data-testid="bring-certificate"
    >
      <Title order={2} size="h3" fz="md">
        {t(isAnother ? 'certificates.replace' : 'certificates.bring')}
      </Title>
      <Text c="dimmed" fz="sm" mb="sm">
        {t('certificates.bringText')}
      </Text>
      <PemField name="cert" value={certificate} onChange={setCertificate} />
      <PemField name="key" value={key} onChange={setKey} />
      <div aria-live="polite">
        {save.isError && (
          <Alert color="rust" mt="sm" data-testid="certificate-refused">
            {refusal(save.error)}
          </Alert>
        )}
      </div>
      <Group mt="md">
        <Button
          type="submit"
          loading={save.isPending}
          disabled={certificate.trim() === '' || key.trim() === ''}
          data-testid="certificate-save"
        >
          {t('certificates.save')}
        </Button>
      </Group>
    </form>
  )
}

function PemField(props: { name: 'cert' | 'key'; value: string; onChange: (text: string) => void }) {
  const { name, value, onChange } = props
  const { t } = useTranslation()
  const take = (file: File | null): void => {
    if (!file) return
    if (file.size > mostBytes) toast('rust', t('certificates.tooLarge'))
    else inBackground(file.text().then(onChange))
  }
  return (
    <div style={{ marginTop: 12 }}>
      <Textarea
        label={t(`certificates.${name}`)}
        description={t(`certificates.${name}Help`)}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        minRows={3}
        maxRows={7}
        autosize
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
        placeholder={name === 'cert' ? '-----BEGIN CERTIFICATE-----' : '-----BEGIN PRIVATE KEY-----'}
        data-testid={`certificate-${name}`}
      />
      <Group gap="xs" mt={6}>
        <FileButton onChange={take} accept=".pem,.crt,.cer,.key,.txt">
          {(button) => (
            <Button
              {...button}
              variant="default"
              size="compact-sm"
              aria-label={`${t('certificates.choose')}: ${t(`certificates.${name}`)}`}
            >
              {t('certificates.choose')}
            </Button>
          )}
        </FileButton>
        <Text fz="sm" c="dimmed">
          {t('certificates.paste')}
        </Text>
      </Group>
    </div>
  )
}
