import { PasswordInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SetupState } from '../../../api/contract/setup.ts'
import { changeLocale, isLocale } from '../i18n/index.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import { countries, ownCountry, ownTimeZone, timeZones } from './places.ts'
import { StepFrame, type StepProps } from './step-frame.tsx'

/** Who the admin is, and where the company is. Guessed from the browser while nobody has said so. */
export function CompanyStep({ state, ...frame }: StepProps & { state: SetupState }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const isFirst = state.mayChoosePassword
  const [name, setName] = useState(isFirst && me.name === 'Admin' ? '' : me.name)
  const [login, setLogin] = useState(me.login)
  const [password, setPassword] = useState('')
  const [country, setCountry] = useState(() =>
    isFirst ? ownCountry(navigator.languages, state.country) : state.country
  )
  const [timeZone, setTimeZone] = useState(() => (isFirst ? ownTimeZone() : state.timeZone))
  const { language } = i18n
  const places = useMemo(() => countries(language), [language])
  const zones = useMemo(() => timeZones(timeZone), [timeZone])
  const save = useMutation({
    mutationFn: () =>
      api<SetupState>('PUT', '/api/setup/company', {
        ...{ name, login, locale: language, country, timeZone },
        ...(password !== '' && { password })
      }),
    onSuccess: async (answer) => {
      client.setQueryData(['setup'], answer)
      await client.invalidateQueries({ queryKey: ['me'] })
      frame.onNext('done')
    }
  })
  const errors = fieldErrors(save.error)
  const isNamed = Object.keys(errors).length > 0
  return (
    <StepFrame
      {...frame}
      name="company"
      title={t('wizard.company.title')}
      text={t(isFirst ? 'wizard.company.text' : 'wizard.company.textLater')}
      isDone={state.steps.company === 'done'}
      error={isNamed ? null : save.error}
      action={{ label: t('wizard.saveNext'), isBusy: save.isPending, run: () => save.mutate() }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          label={t('wizard.company.name')}
          required
          withAsterisk={false}
          autoComplete="name"
          data-autofocus
          value={name}
          error={errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="setup-name"
        />
        <Select
          label={t('wizard.company.language')}
          data={[
            { value: 'ru', label: 'Русский' },
            { value: 'en', label: 'English' }
          ]}
          value={language}
          allowDeselect={false}
          onChange={(value) => {
            if (isLocale(value)) inBackground(changeLocale(value))
          }}
          data-testid="setup-language"
        />
        <TextInput
          label={t('wizard.company.login')}
          description={t('wizard.company.loginHelp')}
          required
          withAsterisk={false}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          error={errors['login']}
          onChange={(event) => setLogin(event.currentTarget.value)}
          data-testid="setup-login"
        />
        {isFirst ? (
          <PasswordInput
            label={t('wizard.company.password')}
            description={t('wizard.company.passwordHelp')}
            autoComplete="new-password"
            minLength={8}
            value={password}
            error={errors['password']}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
            data-testid="setup-password"
          />
        ) : (
          <TextInput
            label={t('login.password')}
            description={t('wizard.company.passwordDone')}
            value="••••••••"
            readOnly
            disabled
          />
        )}
        <Select
          label={t('wizard.company.country')}
          description={t('wizard.company.countryHelp')}
          data={places}
          value={country}
          searchable
          allowDeselect={false}
          error={errors['country']}
          onChange={(value) => setCountry(value ?? country)}
          data-testid="setup-country"
        />
        <Select
          label={t('wizard.company.timeZone')}
          description={t('wizard.company.timeZoneHelp')}
          data={zones}
          value={timeZone}
          searchable
          allowDeselect={false}
          error={errors['timeZone']}
          onChange={(value) => setTimeZone(value ?? timeZone)}
          data-testid="setup-zone"
        />
      </SimpleGrid>
    </StepFrame>
  )
}
