import { MultiSelect, NumberInput, Stack, Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SectionProps } from './form-kit.ts'
import styles from './trunks.module.css'

const codecs = [
  { value: 'alaw', label: 'G.711 A-law (PCMA)' },
  { value: 'ulaw', label: 'G.711 µ-law (PCMU)' },
  { value: 'g722', label: 'G.722' },
  { value: 'opus', label: 'Opus' }
]

/** How many calls at once, in which codecs, and whether the carrier is asked if it is there. */
export function CallsSection({ fields, set, errorOf }: SectionProps) {
  const { t } = useTranslation()
  const limit = (
    name: 'maxCalls' | 'maxIn' | 'maxOut',
    value: number | null,
    onChange: (next: number | null) => void
  ) => (
    <NumberInput
      label={t(`trunks.field.${name}`)}
      placeholder={t('trunks.noLimit')}
      hideControls
      allowDecimal={false}
      allowNegative={false}
      min={name === 'maxIn' ? 0 : 1}
      max={10_000}
      value={value ?? ''}
      error={errorOf(name === 'maxOut' ? 'outgoing.maxConcurrent' : name)}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      data-testid={`field-${name}`}
    />
  )
  const { outgoing } = fields
  return (
    <Stack gap="sm">
      <div className={styles.limits}>
        {limit('maxCalls', fields.maxCalls, (maxCalls) => set({ maxCalls }))}
        {limit('maxIn', fields.maxIn, (maxIn) => set({ maxIn }))}
        {limit('maxOut', outgoing.maxConcurrent, (maxConcurrent) =>
          set({ outgoing: { ...outgoing, maxConcurrent } })
        )}
      </div>
      <Text size="xs" c="dimmed">
        {t('trunks.limitHelp')}
      </Text>
      <MultiSelect
        label={t('trunks.field.codecs')}
        description={t('trunks.help.codecs')}
        data={codecs}
        value={fields.codecs}
        error={errorOf('codecs')}
        onChange={(value) => set({ codecs: value })}
        data-testid="field-codecs"
      />
      <Switch
        label={t('trunks.field.isChecked')}
        description={t('trunks.help.isChecked')}
        checked={fields.isChecked}
        onChange={(event) => set({ isChecked: event.currentTarget.checked })}
        data-testid="field-isChecked"
      />
      {fields.transport === 'udp' && (
        <NumberInput
          label={t('trunks.field.silentSeconds')}
          description={t('trunks.help.silentSeconds')}
          hideControls
          allowDecimal={false}
          allowNegative={false}
          min={3}
          max={32}
          maw={340}
          placeholder="6"
          value={fields.silentSeconds ?? ''}
          error={errorOf('silentSeconds')}
          onChange={(next) => set({ silentSeconds: typeof next === 'number' ? next : null })}
          data-testid="field-silentSeconds"
        />
      )}
    </Stack>
  )
}
