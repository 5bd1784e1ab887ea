import { Alert, Select, Stack, TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SectionProps } from './form-kit.ts'
import type { TrunkFields } from './form-values.ts'

/** From where calls are taken, and whether the voice is encrypted. */
export function SecuritySection({ fields, set, errorOf }: SectionProps) {
  const { t } = useTranslation()
  const isReadable = fields.mediaEncryption !== 'off' && fields.transport !== 'tls'
  return (
    <Stack gap="sm">
      <TagsInput
        label={t('trunks.field.matchAddresses')}
        description={t(`trunks.matchHelp.${fields.kind}`)}
        placeholder="192.0.2.0/24"
        value={fields.matchAddresses}
        error={errorOf('matchAddresses')}
        onChange={(matchAddresses) => set({ matchAddresses })}
        data-testid="field-matchAddresses"
      />
      <Select
        label={t('trunks.field.mediaEncryption')}
        description={t('trunks.help.mediaEncryption')}
        data={(['off', 'optional', 'required'] as const).map((value) => ({
          value,
          label: t(`trunks.encryption.${value}`)
        }))}
        allowDeselect={false}
        value={fields.mediaEncryption}
        onChange={(value) => set({ mediaEncryption: value as TrunkFields['mediaEncryption'] })}
        data-testid="field-mediaEncryption"
      />
      {fields.transport === 'tls' && (
        <Alert color="amber" p="xs" role="note" data-testid="tls-note">
          {t('trunks.tlsUnchecked')}
        </Alert>
      )}
      {isReadable && (
        <Alert color="amber" p="xs" role="note">
          {t('trunks.keysInClear')}
        </Alert>
      )}
    </Stack>
  )
}
