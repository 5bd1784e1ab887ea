import { Button, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inBackground } from '../lib/in-background.ts'
import { Part } from './part.tsx'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'

const builders = ['html', 'tilda', 'wordpress', 'bitrix', 'gtm', 'spa'] as const

/** The line of code, and where it goes. */
export function SiteInstall({ site }: { site: Site }) {
  const { t } = useTranslation()
  const line = `<script async src="${location.origin}/t.js?key=${site.key}"></script>`
  return (
    <Stack gap="md" maw={760}>
      <Part title={t('tracking.install.title')} text={t('tracking.install.text')}>
        <Copyable text={line} testId="install-line" />
        <Text fz="sm" c="dimmed">
          {t('tracking.install.key')}: <code>{site.key}</code>
        </Text>
      </Part>
      <Part title={t('tracking.install.how')}>
        {builders.map((name) => (
          <div key={name}>
            <Text fw={580}>{t(`tracking.install.${name}`)}</Text>
            <Text fz="sm" c="dimmed">
              {t(`tracking.install.${name}Text`)}
            </Text>
          </div>
        ))}
      </Part>
    </Stack>
  )
}

/** Text with a button that copies it; pages without https have no clipboard, there it is selected instead. */
export function Copyable({ text, testId }: { text: string; testId: string }) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  async function copy(): Promise<void> {
    const code = document.querySelector(`[data-testid="${testId}"]`)
    if (code) getSelection()?.selectAllChildren(code)
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // It is selected at least: Ctrl-C does the rest.
      setCopied(false)
    }
  }
  return (
    <div className={styles.code}>
      <code data-testid={testId}>{text}</code>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        onClick={() => inBackground(copy())}
      >
        {t(isCopied ? 'tracking.install.copied' : 'tracking.install.copy')}
      </Button>
    </div>
  )
}
