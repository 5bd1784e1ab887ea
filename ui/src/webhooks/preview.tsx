import { Badge, Code, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { WebhookSamples } from '../../../api/contract/webhooks.ts'
import { hidden, isNeeded, render, type Message } from '../../../integrations/webhooks/core/message.ts'
import { samplePayload } from '../../../integrations/webhooks/core/sample.ts'
import { api } from '../lib/api.ts'
import styles from './webhooks.module.css'

/** The last calls, to show what a message becomes; made-up ones until there are any. */
const useSamples = () =>
  useQuery({
    queryKey: ['webhook-samples'],
    queryFn: () => api<WebhookSamples>('GET', '/api/webhook-samples'),
    staleTime: 60_000
  })

/** Readable, one field on a line; what is sent has no line breaks and is percent-encoded. */
function bodyText(kind: Message['body']['kind'], body: string): string {
  if (kind !== 'form') return body
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).join('\n')
}

/** What the receiver would get for the last real call: by the very code that sends it. */
export function Preview({ message, url }: { message: Message; url: string }) {
  const { t } = useTranslation()
  const samples = useSamples()
  const sample = samples.data?.items.find(({ payload }) => payload.type === message.event)
  const payload = sample?.payload ?? samplePayload(message.event)
  let shown: string
  try {
    const facts = {
      payload,
      deliveryId: '0193a000-0000-7000-8000-00000000aaaa',
      token: hidden,
      publicUrl: samples.data?.publicUrl ?? null,
      timeZone: samples.data?.timeZone ?? 'UTC',
      operator: sample?.operator ?? null
    }
    const request = render(message, url === '' ? 'https://crm.example/hook' : url, facts)
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
    const body = request.body === null ? [] : ['', bodyText(message.body.kind, request.body)]
    const { search, href } = new URL(request.url)
    const parts = [...new URLSearchParams(search)].map(([name, value]) => `  ${name}=${value}`)
    const address =
      message.body.kind === 'query' ? [href.slice(0, href.length - search.length) + '?', ...parts] : [href]
    shown = [`${request.method} ${address.join('\n')}`, ...headers, ...body].join('\n')
  } catch {
    return null // What is wrong stands at the field.
  }
  return (
    <div data-testid="message-preview">
      <Group gap="xs" mb={4}>
        <Text fz="sm" fw={600}>
          {t('hooks.preview.title')}
        </Text>
        <Badge variant="light" tt="none" color={sample?.isReal ? 'pine' : 'gray'}>
          {t(sample?.isReal ? 'hooks.preview.real' : 'hooks.preview.madeUp')}
        </Badge>
        {!isNeeded(message, payload) && (
          <Badge variant="light" tt="none" color="amber">
            {t('hooks.preview.notNeeded')}
          </Badge>
        )}
      </Group>
      <Code block className={styles.code ?? ''} tabIndex={0} aria-label={t('hooks.preview.title')}>
        {shown}
      </Code>
    </div>
  )
}
