import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { AddressVerdict } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import styles from './tracking.module.css'
import { Verdict } from './verdict.tsx'

/** Asks what becomes of a visit to an address. Nothing is stored. */
export function AddressCheck({ siteId, domain }: { siteId: string; domain: string }) {
  const { t } = useTranslation()
  const [url, setUrl] = useState(`https://${domain}/?utm_source=yandex&utm_medium=cpc&utm_campaign=test`)
  const [referrer, setReferrer] = useState('')
  const [zone, setZone] = useState('')
  const ask = useMutation({
    mutationFn: () =>
      api<AddressVerdict>('POST', `/api/sites/${siteId}/explain`, {
        url,
        referrer: referrer || null,
        zone: zone || null
      })
  })
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <form onSubmit={onSubmit} data-testid="address-check">
      <Stack gap="sm">
        <TextInput
          label={t('tracking.check.address')}
          description={t('tracking.check.addressHelp')}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <div className={styles.even}>
          <TextInput
            label={t('tracking.check.referrer')}
            placeholder="https://yandex.ru/"
            value={referrer}
            onChange={(event) => setReferrer(event.currentTarget.value)}
          />
          <TextInput
            label={t('tracking.check.zone')}
            placeholder="Europe/Moscow"
            value={zone}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
        </div>
        <Button type="submit" loading={ask.isPending} variant="default" style={{ alignSelf: 'flex-start' }}>
          {t('tracking.check.ask')}
        </Button>
        {ask.isError && (
          <Alert color="rust" role="alert">
            {explain(ask.error)}
          </Alert>
        )}
        {ask.data && <Verdict verdict={ask.data} />}
      </Stack>
    </form>
  )
}
