import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Part } from './part.tsx'
import { SaveBar } from './save-bar.tsx'
import type { Site } from './sites.tsx'
import { useDraft } from './use-draft.ts'

/** Which forms of the site's pages come here. */
export function SiteForms({ site }: { site: Site }) {
  const { t } = useTranslation()
  const draft = useDraft<Site>('sites', site)
  const { value, set } = draft
  return (
    <Stack gap="md" maw={760}>
      <Part title={t('tracking.forms.title')} text={t('tracking.forms.text')}>
        <SegmentedControl
          aria-label={t('tracking.forms.title')}
          data={(['off', 'marked', 'all'] as const).map((name) => ({
            value: name,
            label: t(`tracking.forms.${name}`)
          }))}
          value={value.formCapture}
          onChange={(next) => set({ formCapture: next })}
        />
        {value.formCapture === 'marked' && <Text fz="sm">{t('tracking.forms.markedHelp')}</Text>}
        <Text fz="sm" c="dimmed">
          {t('tracking.forms.never')}
        </Text>
      </Part>
      <SaveBar draft={draft} />
    </Stack>
  )
}
