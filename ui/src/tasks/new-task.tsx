import '../styles/later.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskItem } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { bodyOf, TaskFields, type Draft } from './task-fields.tsx'
import { useWorkChanged } from './use-tasks.ts'

const usualReminder = 15

/** Makes a task; what is known of it already stands in the form. */
export default function NewTask({ known, onClose }: { known: Partial<Draft>; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const changed = useWorkChanged()
  const [key] = useState(() => `ui-${Date.now()}-${Math.random()}`)
  const [draft, setDraft] = useState<Draft>({
    ...{ kind: 'call', title: '', due: '', plannedMinutes: null, repeat: null, remindMinutes: usualReminder },
    ...{ assigneeId: me.id, contact: null, deal: null, projectId: null, note: '' },
    ...known
  })
  const save = useMutation({
    mutationFn: () => {
      const body = bodyOf(draft)
      return api<TaskItem>('POST', '/api/tasks', body, { 'idempotency-key': `${key}-${hashOf(body)}` })
    },
    onSuccess: ({ title }) => {
      toast('pine', t('tasks.wasMade', { title }))
      inBackground(changed())
      onClose()
    }
  })
  return (
    <FormDialog
      title={t('tasks.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={draft.title.trim() === ''}
      saveLabel={t('tasks.make')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="new-task"
      saveTestId="new-task-save"
    >
      <TaskFields
        draft={draft}
        wrong={fieldErrors(save.error)}
        onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
      />
    </FormDialog>
  )
}

/** A repeat of the same request makes one task; a changed form is another request. */
function hashOf(body: object): string {
  let hash = 0
  for (const sign of JSON.stringify(body)) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) | 0
  return String(hash)
}
