import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scheme } from '../../../ivr/scheme.ts'
import { firstBeginning, isReady, schemeOf, TemplatePicker } from './template-picker.tsx'

/** Puts a template in the place of the draft. */
export function TemplateDialog({
  onChosen,
  onClose
}: {
  onChosen: (scheme: Scheme) => void
  onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const [beginning, setBeginning] = useState(() => firstBeginning('simple'))
  return (
    <Modal opened onClose={onClose} size="lg" title={t('schemes.new.template')}>
      <TemplatePicker value={beginning} hasMore={false} onChange={setBeginning} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          disabled={!isReady(beginning)}
          onClick={() => {
            onChosen(schemeOf(beginning, i18n.language === 'en' ? 'en' : 'ru'))
            onClose()
          }}
          data-testid="template-confirm"
        >
          {t('schemes.new.replace')}
        </Button>
      </Group>
    </Modal>
  )
}
