import { Button, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TemplateDialog } from './template-dialog.tsx'
import type { Draft } from './use-draft.ts'
import styles from './schemes.module.css'

/** What to do with an empty page. */
export function EmptyHint({ draft, onReplaced }: { draft: Draft; onReplaced: () => void }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={styles.empty} data-testid="empty-scheme">
      <Title order={2} fz="lg">
        {t('schemes.empty.title')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('schemes.empty.text')}
      </Text>
      <Button variant="light" onClick={() => setOpen(true)}>
        {t('schemes.empty.template')}
      </Button>
      {isOpen && (
        <TemplateDialog
          onChosen={(scheme) => {
            draft.onEdit({ do: 'replace', scheme })
            onReplaced()
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  )
}
