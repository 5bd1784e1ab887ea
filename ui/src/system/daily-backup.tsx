import { Button, Checkbox, Group, NumberInput, Select, Skeleton, Stack, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupSettings } from '../../../api/contract/system.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import styles from './system.module.css'

const path = '/api/backup-settings'
const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`
}))

/** Backups by the clock. */
export function DailyBackup() {
  const settings = useQuery({ queryKey: ['settings', path], queryFn: () => api<BackupSettings>('GET', path) })
  return (
    <section className={`sheet ${styles.card}`}>
      {settings.data ? (
        <Form key={settings.dataUpdatedAt} saved={settings.data} />
      ) : (
        <Skeleton height={150} />
      )}
    </section>
  )
}

function Form({ saved }: { saved: BackupSettings }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [values, setValues] = useState(saved)
  const set = (change: Partial<BackupSettings>): void => setValues((old) => ({ ...old, ...change }))
  const save = useMutation({
    mutationFn: () => api('PUT', path, values),
    onSuccess: async () => {
      toast('pine', t('common.saved'))
      await client.invalidateQueries({ queryKey: ['settings', path] })
      await client.invalidateQueries({ queryKey: ['system'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      data-testid="daily-backup"
    >
      <Stack gap="sm">
        <Switch
          label={t('system.backups.daily')}
          checked={values.isOn}
          onChange={(event) => set({ isOn: event.currentTarget.checked })}
          data-testid="daily-on"
        />
        <Group grow align="start">
          <Select
            label={t('system.backups.hour')}
            data={hours}
            value={String(values.hour)}
            allowDeselect={false}
            onChange={(hour) => set({ hour: Number(hour) })}
            disabled={!values.isOn}
          />
          <NumberInput
            label={t('system.backups.keep')}
            min={1}
            max={60}
            clampBehavior="strict"
            allowDecimal={false}
            value={values.keep}
            onChange={(keep) => set({ keep: Number(keep) || 1 })}
            disabled={!values.isOn}
          />
        </Group>
        <Checkbox
          label={t('system.backups.makeWith')}
          checked={values.withRecordings}
          onChange={(event) => set({ withRecordings: event.currentTarget.checked })}
          disabled={!values.isOn}
        />
        <Group justify="space-between">
          <span style={{ color: 'var(--mantine-color-dimmed)', flex: 1, fontSize: '0.8rem' }}>
            {t('system.backups.keepHelp')}
          </span>
          <Button type="submit" variant="default" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
