import {
  Input,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
  Textarea
} from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Part } from './part.tsx'
import { SaveBar } from './save-bar.tsx'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'
import { useDraft } from './use-draft.ts'
import { WidgetPreview } from './widget-preview.tsx'

type Widget = Site['widget']

/** What the callback widget looks like and asks. */
export function SiteWidget({ site }: { site: Site }) {
  const { t } = useTranslation()
  const draft = useDraft<Site>('sites', site)
  const { widget } = draft.value
  const set = (change: Partial<Widget>): void => draft.set({ widget: { ...widget, ...change } })
  const errorOf = (name: string): string | undefined => draft.errorOf(`widget.${name}`)
  const toggle = (name: 'isOn' | 'asksName' | 'asksTime' | 'asksConsent', label: string, help?: string) => (
    <Switch
      label={label}
      description={help}
      checked={widget[name]}
      onChange={(event) => set({ [name]: event.currentTarget.checked })}
      data-testid={`widget-${name}`}
    />
  )
  const words = (language: 'ru' | 'en') => {
    const own = widget[language]
    const change = (name: keyof typeof own, text: string): void =>
      set({ [language]: { ...own, [name]: text === '' ? null : text } })
    const common = (name: keyof typeof own) => ({
      value: own[name] ?? '',
      error: errorOf(`${language}.${name}`),
      onChange: (event: { currentTarget: { value: string } }) => change(name, event.currentTarget.value)
    })
    return (
      <Stack gap="xs" key={language}>
        <Text fw={580}>{t(`tracking.widget.language.${language}`)}</Text>
        <div className={styles.even}>
          <TextInput label={t('tracking.widget.title')} maxLength={80} {...common('title')} />
          <TextInput label={t('tracking.widget.button')} maxLength={40} {...common('button')} />
        </div>
        <Textarea label={t('tracking.widget.text')} autosize maxLength={300} {...common('text')} />
        {widget.asksConsent && (
          <Textarea
            label={t('tracking.widget.consentText')}
            autosize
            maxLength={400}
            {...common('consent')}
          />
        )}
      </Stack>
    )
  }
  return (
    <div className={styles.two}>
      <Stack gap="md">
        <Part title={t('tracking.widget.look')}>
          {toggle('isOn', t('tracking.widget.isOn'))}
          <div className={styles.even}>
            <Input.Wrapper label={t('tracking.widget.colour')} error={errorOf('colour')}>
              <div>
                <input
                  type="color"
                  className={styles.colour}
                  aria-label={t('tracking.widget.colour')}
                  value={widget.colour}
                  onChange={(event) => set({ colour: event.currentTarget.value })}
                />
              </div>
            </Input.Wrapper>
            <Input.Wrapper label={t('tracking.widget.side')}>
              <div>
                <SegmentedControl
                  aria-label={t('tracking.widget.side')}
                  data={[
                    { value: 'left', label: t('tracking.widget.left') },
                    { value: 'right', label: t('tracking.widget.right') }
                  ]}
                  value={widget.side}
                  onChange={(side) => set({ side: side })}
                />
              </div>
            </Input.Wrapper>
            <NumberInput
              label={t('tracking.widget.delay')}
              error={errorOf('delaySeconds')}
              min={0}
              max={600}
              allowDecimal={false}
              hideControls
              value={widget.delaySeconds}
              onChange={(next) => typeof next === 'number' && set({ delaySeconds: next })}
            />
          </div>
          <TagsInput
            label={t('tracking.widget.pages')}
            description={t('tracking.widget.pagesHelp')}
            error={errorOf('pages')}
            value={widget.pages}
            onChange={(pages) => set({ pages })}
          />
        </Part>
        <Part title={t('tracking.widget.asks')}>
          {toggle('asksName', t('tracking.widget.name'))}
          {toggle('asksTime', t('tracking.widget.time'), t('tracking.widget.timeHelp'))}
          {toggle('asksConsent', t('tracking.widget.consent'))}
          {widget.asksConsent && (
            <TextInput
              label={t('tracking.widget.consentUrl')}
              error={errorOf('consentUrl')}
              placeholder="https://example.ru/privacy"
              value={widget.consentUrl ?? ''}
              onChange={(event) => set({ consentUrl: event.currentTarget.value || null })}
            />
          )}
        </Part>
        <Part title={t('tracking.widget.texts')} text={t('tracking.widget.textsHelp')}>
          {words('ru')}
          {words('en')}
        </Part>
        <SaveBar draft={draft} />
      </Stack>
      <div className={styles.sticky}>
        <Text fw={620}>{t('tracking.widget.preview')}</Text>
        <Text c="dimmed" fz="sm" mb="xs">
          {t('tracking.widget.previewText')}
        </Text>
        <WidgetPreview siteKey={site.key} widget={widget} />
      </div>
    </div>
  )
}
