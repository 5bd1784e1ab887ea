import {
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput
} from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SectionProps } from './form-kit.ts'
import type { TrunkFields } from './form-values.ts'
import styles from './trunks.module.css'

type Word = 'username' | 'authUsername' | 'fromUser' | 'fromDomain' | 'contactUser' | 'outboundProxy'

/** Where the carrier is, and how we sign in there. */
export function ConnectionSection({ fields, set, errorOf, hasSecret }: SectionProps) {
  const { t } = useTranslation()
  const registers = fields.kind === 'registration'
  const text = (name: Word, placeholder: string, isRequired = false) => (
    <TextInput
      label={t(`trunks.field.${name}`)}
      description={t(`trunks.help.${name}`)}
      placeholder={placeholder}
      value={fields[name]}
      error={errorOf(name)}
      required={isRequired}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      data-testid={`field-${name}`}
    />
  )
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600} mb={4} id="trunk-kind">
          {t('trunks.field.kind')}
        </Text>
        <SegmentedControl
          fullWidth
          aria-labelledby="trunk-kind"
          value={fields.kind}
          onChange={(kind) => set({ kind })}
          data={[
            { value: 'registration', label: t('trunks.kind.registration') },
            { value: 'address', label: t('trunks.kind.address') }
          ]}
          data-testid="field-kind"
        />
        <Text size="xs" c="dimmed" mt={4}>
          {t(`trunks.kindHelp.${fields.kind}`)}
        </Text>
      </div>
      <div className={styles.address}>
        <TextInput
          label={t('trunks.field.host')}
          placeholder="sip.carrier.example"
          value={fields.host}
          error={errorOf('host')}
          required
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set({ host: event.currentTarget.value })}
          data-testid="field-host"
        />
        <NumberInput
          label={t('trunks.field.port')}
          placeholder={fields.transport === 'tls' ? '5061' : '5060'}
          hideControls
          allowDecimal={false}
          min={1}
          max={65_535}
          value={fields.port ?? ''}
          error={errorOf('port')}
          onChange={(port) => set({ port: typeof port === 'number' ? port : null })}
          data-testid="field-port"
        />
        <Select
          label={t('trunks.field.transport')}
          data={[
            { value: 'udp', label: 'UDP' },
            { value: 'tcp', label: 'TCP' },
            { value: 'tls', label: 'TLS' }
          ]}
          value={fields.transport}
          error={errorOf('transport')}
          allowDeselect={false}
          onChange={(transport) => set({ transport: transport as TrunkFields['transport'] })}
          data-testid="field-transport"
        />
      </div>
      <div className={styles.pair}>
        {text('username', registers ? '7495…' : '', registers)}
        <PasswordInput
          label={t('trunks.field.secret')}
          description={t(hasSecret ? 'trunks.help.secretKept' : 'trunks.help.secret')}
          value={fields.secret}
          error={errorOf('secret')}
          autoComplete="new-password"
          onChange={(event) => set({ secret: event.currentTarget.value })}
          data-testid="field-secret"
        />
      </div>
      <details>
        <Text component="summary" size="sm" c="dimmed" style={{ cursor: 'pointer' }}>
          {t('trunks.rarer')}
        </Text>
        <Stack gap="sm" mt="sm">
          <div className={styles.pair}>
            {text('authUsername', fields.username)}
            {text('fromUser', registers ? fields.username : '')}
            {text('fromDomain', registers ? fields.host : '')}
            {text('outboundProxy', '')}
            {registers && text('contactUser', fields.username)}
            {registers && (
              <NumberInput
                label={t('trunks.field.expirySeconds')}
                description={t('trunks.help.expirySeconds')}
                hideControls
                allowDecimal={false}
                min={60}
                max={86_400}
                value={fields.expirySeconds ?? ''}
                error={errorOf('expirySeconds')}
                onChange={(value) => set({ expirySeconds: typeof value === 'number' ? value : null })}
                data-testid="field-expirySeconds"
              />
            )}
          </div>
        </Stack>
      </details>
      <Switch
        label={t('trunks.field.isActive')}
        checked={fields.isActive}
        onChange={(event) => set({ isActive: event.currentTarget.checked })}
        data-testid="field-isActive"
      />
    </Stack>
  )
}
