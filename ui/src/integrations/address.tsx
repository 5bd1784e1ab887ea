import { Button, Code, CopyButton, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import styles from './integrations.module.css'

/** An address to be taken along. */
export function Address({ value }: { value: string }) {
  const { t } = useTranslation()
  return (
    <Group gap="sm" mt={6} wrap="nowrap">
      <Code className={styles.address ?? ''}>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="light" onClick={copy} style={{ flexShrink: 0 }}>
            {t(copied ? 'integrations.copied' : 'integrations.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
