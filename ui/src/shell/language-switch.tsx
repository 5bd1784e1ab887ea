import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { changeLocale, isLocale } from '../i18n/index.ts'
import { inBackground } from '../lib/in-background.ts'

/** Language of the screen. `onChange` lets a signed-in user's account follow. */
export function LanguageSwitch({ onChange }: { onChange?: (locale: 'ru' | 'en') => void }) {
  const { t, i18n } = useTranslation()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('shell.language')}
      value={i18n.language}
      data={[
        { value: 'ru', label: 'Русский' },
        { value: 'en', label: 'English' }
      ]}
      onChange={(value) => {
        if (!isLocale(value)) return
        inBackground(changeLocale(value))
        onChange?.(value)
      }}
    />
  )
}
