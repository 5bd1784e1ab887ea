import '../styles/later.ts'
import { Skeleton, Switch, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReminderSettings } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './tasks.module.css'

const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
const usual = { from: '21:00', to: '08:00' }

/** Whether letters come, and when nothing shall pop up. */
export default function RemindersDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: ['reminders'],
    queryFn: () => api<ReminderSettings>('GET', '/api/me/reminders')
  })
  const [hasMail, setHasMail] = useState(false)
  const [mail, setMail] = useState('')
  const [isQuiet, setQuiet] = useState(false)
  const [hours, setHours] = useState(usual)
  useEffect(() => {
    if (!data) return
    setHasMail(data.mail !== null)
    setMail(data.mail ?? '')
    setQuiet(data.quiet !== null)
    if (data.quiet) setHours({ from: timeOf(data.quiet.from), to: timeOf(data.quiet.to) })
  }, [data])
  const save = useMutation({
    mutationFn: () =>
      api('PUT', '/api/me/reminders', {
        mail: hasMail ? mail.trim() : null,
        quiet: isQuiet ? { from: minutesOf(hours.from), to: minutesOf(hours.to) } : null
      }),
    onSuccess: () => {
      toast('pine', t('common.saved'))
      inBackground(client.invalidateQueries({ queryKey: ['reminders'] }))
      onClose()
    }
  })
  return (
    <FormDialog
      title={t('tasks.reminders')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={!data || (hasMail && mail.trim() === '')}
      saveLabel={t('common.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="reminders-form"
      saveTestId="reminders-save"
    >
      <Text c="dimmed">{t('tasks.remindersText')}</Text>
      {!data && <Skeleton height={120} />}
      {data && (
        <>
          <Switch
            label={t('tasks.byMail')}
            checked={hasMail}
            onChange={(event) => setHasMail(event.currentTarget.checked)}
          />
          {hasMail && (
            <TextInput
              type="email"
              label={t('tasks.mailTo')}
              value={mail}
              maxLength={200}
              error={fieldErrors(save.error)['mail']}
              onChange={(event) => setMail(event.currentTarget.value)}
            />
          )}
          <Switch
            label={t('tasks.quiet')}
            description={t('tasks.quietText')}
            checked={isQuiet}
            onChange={(event) => setQuiet(event.currentTarget.checked)}
          />
          {isQuiet && (
            <div className={styles.two}>
              {(['from', 'to'] as const).map((end) => (
                <TextInput
                  key={end}
                  type="time"
                  required
                  label={t(`tasks.quietEnd.${end}`)}
                  value={hours[end]}
                  onChange={(event) => setHours({ ...hours, [end]: event.currentTarget.value })}
                />
              ))}
            </div>
          )}
        </>
      )}
    </FormDialog>
  )
}
