import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  PasswordInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import encodeQR from 'qr'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { SecondFactor, SecondFactorSetup } from '../../../api/contract/sign-in.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

const path = '/api/me/second-factor'

type Step = 'look' | 'passwordOn' | 'passwordOff' | 'scan' | 'codes'

/** Switches the code of an app beside the password on and off. */
export function SecondFactorPart() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [step, setStep] = useState<Step>('look')
  const [typed, setTyped] = useState('')
  const [setup, setSetup] = useState<SecondFactorSetup | null>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  const factor = useQuery({ queryKey: ['second-factor'], queryFn: () => api<SecondFactor>('GET', path) })
  const go = (next: Step): void => {
    setTyped('')
    setStep(next)
  }
  const act = useMutation({
    async mutationFn() {
      if (step === 'passwordOn') {
        setSetup(await api<SecondFactorSetup>('POST', path, { password: typed }))
        go('scan')
      } else if (step === 'passwordOff') {
        await api('POST', `${path}/off`, { password: typed })
        toast('pine', t('signIn.isOff'))
        go('look')
      } else {
        const done = await api<{ recoveryCodes: string[] }>('POST', `${path}/confirm`, { code: typed })
        setCodes(done.recoveryCodes)
        toast('pine', t('signIn.isOn'))
        go('codes')
      }
      await client.invalidateQueries({ queryKey: ['second-factor'] })
      await client.invalidateQueries({ queryKey: ['sessions'] })
    }
  })
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    act.mutate()
  }
  const errors = fieldErrors(act.error)
  const isOn = factor.data?.isOn === true
  if (step === 'look')
    return (
      <Group justify="space-between" wrap="nowrap" align="start">
        <Text fz="sm">
          {isOn
            ? t('signIn.factorOn', { count: factor.data?.recoveryCodesLeft ?? 0 })
            : t('signIn.factorOff')}
        </Text>
        <Button
          style={{ flex: 'none' }}
          variant={isOn ? 'default' : 'filled'}
          disabled={!factor.data}
          onClick={() => go(isOn ? 'passwordOff' : 'passwordOn')}
          data-testid="factor-switch"
        >
          {t(isOn ? 'signIn.turnOff' : 'signIn.turnOn')}
        </Button>
      </Group>
    )
  if (step === 'codes')
    return (
      <Stack gap="xs" data-testid="recovery-codes">
        <Text fw={580}>{t('signIn.codesTitle')}</Text>
        <Text fz="sm">{t('signIn.codesText')}</Text>
        <SimpleGrid cols={2} spacing={6}>
          {codes.map((code) => (
            <Code key={code} ta="center">
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group justify="flex-end">
          <CopyButton value={codes.join('\n')}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t('common.copied') : t('signIn.copyCodes')}
              </Button>
            )}
          </CopyButton>
          <Button onClick={() => go('look')} data-testid="codes-kept">
            {t('signIn.done')}
          </Button>
        </Group>
      </Stack>
    )
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        {step === 'scan' && setup && (
          <>
            <Text fz="sm">{t('signIn.scan')}</Text>
            <img
              width={180}
              height={180}
              style={{ alignSelf: 'center', background: 'white', borderRadius: 8, padding: 8 }}
              alt={t('signIn.picture')}
              src={`data:image/svg+xml,${encodeURIComponent(encodeQR(setup.uri, 'svg'))}`}
            />
            <Text fz="xs" c="dimmed">
              {t('signIn.byHand')}{' '}
              <Code style={{ overflowWrap: 'anywhere' }} data-testid="factor-secret">
                {setup.secret}
              </Code>
            </Text>
            <TextInput
              label={t('signIn.code')}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
              autoFocus
              value={typed}
              error={errors['code']}
              onChange={(event) => setTyped(event.currentTarget.value)}
              data-testid="factor-code"
            />
          </>
        )}
        {step !== 'scan' && (
          <PasswordInput
            label={t('signIn.yourPassword')}
            autoComplete="current-password"
            required
            autoFocus
            value={typed}
            error={errors['password']}
            onChange={(event) => setTyped(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
            data-testid="factor-password"
          />
        )}
        {act.isError && Object.keys(errors).length === 0 && <Alert color="rust">{explain(act.error)}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => go('look')}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={act.isPending} data-testid="factor-next">
            {t(
              step === 'scan' ? 'signIn.confirm' : step === 'passwordOff' ? 'signIn.turnOff' : 'signIn.next'
            )}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
