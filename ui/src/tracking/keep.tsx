import { NumberInput } from '@mantine/core'
import { Button, Group, Alert } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TrackingSettings } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { Part } from './part.tsx'
import styles from './tracking.module.css'

const path = '/api/tracking-settings'

/** How long visits are kept: for all sites. */
export function KeepSettings() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const settings = useQuery({
    queryKey: ['settings', path],
    queryFn: () => api<TrackingSettings>('GET', path)
  })
  const [change, setChange] = useState<Partial<TrackingSettings>>({})
  const save = useMutation({
    mutationFn: () => api('PUT', path, { ...settings.data, ...change }),
    onSuccess: async () => {
      toast('pine', t('common.saved'))
      await client.invalidateQueries({ queryKey: ['settings', path] })
      setChange({})
    }
  })
  if (!settings.data) return null
  const value = { ...settings.data, ...change }
  const errors = fieldErrors(save.error)
  const input = (name: keyof TrackingSettings, label: string, help?: string) => (
    <NumberInput
      label={label}
      description={help}
      error={errors[name]}
      min={30}
      max={3650}
      allowDecimal={false}
      hideControls
      value={value[name]}
      onChange={(next) => typeof next === 'number' && setChange((old) => ({ ...old, [name]: next }))}
    />
  )
  return (
    <div style={{ marginTop: 20, maxWidth: 680 }}>
      <Part title={t('tracking.keep.title')}>
        <div className={styles.even}>
          {input('visitDays', t('tracking.keep.visits'))}
          {input('touchpointDays', t('tracking.keep.touchpoints'), t('tracking.keep.touchpointsHelp'))}
        </div>
        {save.isError && Object.keys(errors).length === 0 && (
          <Alert color="rust" role="alert">
            {explain(save.error)}
          </Alert>
        )}
        {Object.keys(change).length > 0 && (
          <Group justify="flex-end">
            <Button onClick={() => save.mutate()} loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        )}
      </Part>
    </div>
  )
}
