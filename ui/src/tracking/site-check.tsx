import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { AddressCheck } from './address-check.tsx'
import { Copyable } from './site-install.tsx'
import { Part } from './part.tsx'
import { ReportList, type Report } from './report-list.tsx'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'

/** "Check my site": an address, the site itself, or HTML that is pasted. */
export function SiteCheck({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Part title={t('tracking.check.asked')}>
        <AddressCheck siteId={site.id} domain={site.domain} />
      </Part>
      <OpenSite site={site} />
      <PastedPage site={site} />
    </Stack>
  )
}

function OpenSite({ site }: { site: Site }) {
  const { t } = useTranslation()
  const [url, setUrl] = useState(`https://${site.domain}/`)
  const make = useMutation({
    mutationFn: () => api<{ url: string }>('POST', `/api/sites/${site.id}/debug-links`, { url })
  })
  const error = fieldErrors(make.error)['url']
  return (
    <Part title={t('tracking.check.open')} text={t('tracking.check.openText')}>
      <Group align="flex-end" gap="sm">
        <TextInput
          flex={1}
          miw={220}
          label={t('tracking.check.address')}
          value={url}
          error={error}
          onChange={(event) => {
            setUrl(event.currentTarget.value)
            make.reset()
          }}
        />
        {!make.data && (
          <Button
            variant="default"
            onClick={() => make.mutate()}
            loading={make.isPending}
            data-testid="make-debug-link"
          >
            {t('tracking.check.openButton')}
          </Button>
        )}
      </Group>
      {make.isError && !error && (
        <Alert color="rust" role="alert">
          {explain(make.error)}
        </Alert>
      )}
      {make.data && (
        <>
          <Copyable text={make.data.url} testId="debug-link" />
          <Button
            component="a"
            href={make.data.url}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<IconExternalLink size={16} />}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('tracking.check.openButton')}
          </Button>
        </>
      )}
    </Part>
  )
}

function PastedPage({ site }: { site: Site }) {
  const { t } = useTranslation()
  const [html, setHtml] = useState('')
  const [url, setUrl] = useState(`https://${site.domain}/?utm_source=yandex&utm_medium=cpc`)
  const [report, setReport] = useState<Report | null>(null)
  const frame = useRef<HTMLIFrameElement>(null)
  const run = useMutation({
    mutationFn: () => api<{ path: string }>('POST', `/api/sites/${site.id}/check-pages`, { html, url }),
    onMutate: () => setReport(null)
  })
  useEffect(() => {
    const listen = (event: MessageEvent<unknown>): void => {
      // From the frame that we opened, whatever runs in it: its words are only ever shown as text.
      if (event.source !== frame.current?.contentWindow) return
      const message = event.data as { type?: unknown; report?: Report } | null
      if (message?.type === 'vpbx-report' && message.report) setReport(message.report)
    }
    addEventListener('message', listen)
    return () => removeEventListener('message', listen)
  }, [])
  const errors = fieldErrors(run.error)
  return (
    <Part title={t('tracking.check.paste')} text={t('tracking.check.pasteText')}>
      <TextInput
        label={t('tracking.check.address')}
        value={url}
        error={errors['url']}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Textarea
        label={t('tracking.check.html')}
        value={html}
        error={errors['html']}
        autosize
        minRows={5}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
        placeholder="<html>…</html>"
        onChange={(event) => setHtml(event.currentTarget.value)}
        data-testid="check-html"
      />
      <Button
        onClick={() => run.mutate()}
        loading={run.isPending}
        disabled={html.trim() === ''}
        style={{ alignSelf: 'flex-start' }}
        data-testid="check-run"
      >
        {t('tracking.check.run')}
      </Button>
      {run.isError && Object.keys(errors).length === 0 && (
        <Alert color="rust" role="alert">
          {explain(run.error)}
        </Alert>
      )}
      {run.data && (
        <div className={styles.two}>
          <div>
            <span className="eyebrow">{t('tracking.check.page')}</span>
            <iframe
              ref={frame}
              key={run.data.path}
              className={styles.frame}
              title={t('tracking.check.page')}
              src={run.data.path}
              sandbox="allow-scripts"
              data-testid="check-frame"
            />
          </div>
          <div aria-live="polite">
            <span className="eyebrow">{t('tracking.check.list')}</span>
            {report ? (
              <ReportList report={report} />
            ) : (
              <Text c="dimmed" fz="sm">
                {t('tracking.check.waiting')}
              </Text>
            )}
          </div>
        </div>
      )}
    </Part>
  )
}
