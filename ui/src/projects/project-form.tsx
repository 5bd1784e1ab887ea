import '../styles/later.ts'
import { Button, Group, MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Project } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { FoundSelect } from '../tasks/found-select.tsx'
import { useWorkChanged } from '../tasks/use-tasks.ts'
import styles from '../tasks/tasks.module.css'

/** Makes a project, or changes one. */
export default function ProjectForm({ project, onClose }: { project: Project | null; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const users = useUsers()
  const changed = useWorkChanged()
  const [name, setName] = useState(project?.name ?? '')
  const [note, setNote] = useState(project?.note ?? '')
  const [dueOn, setDueOn] = useState(project?.dueOn ?? '')
  const [ownerId, setOwnerId] = useState(project ? project.ownerId : me.id)
  const [memberIds, setMemberIds] = useState<string[]>(project?.memberIds ?? [])
  const [deal, setDeal] = useState(project?.deal ?? null)
  const people = (users.data ?? [])
    .filter(
      ({ isActive, role, id }) =>
        (isActive && role !== 'marketer') || memberIds.includes(id) || id === ownerId
    )
    .map((user) => ({ value: user.id, label: user.name }))
  const body = {
    ...{ name: name.trim(), note: note.trim() || null, dueOn: dueOn || null, ownerId, memberIds },
    dealId: deal?.id ?? null
  }
  const save = useMutation({
    mutationFn: (state: Project['state']) =>
      project
        ? api<Project>('PATCH', `/api/projects/${project.id}`, { ...body, state })
        : api<Project>('POST', '/api/projects', body),
    onSuccess: (saved) => {
      toast('pine', t('common.saved'))
      inBackground(changed())
      onClose()
      if (!project) inBackground(Promise.resolve(navigate(`/tasks/projects/${saved.id}`)))
    }
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/projects/${project?.id ?? ''}`),
    onSuccess: () => {
      toast('pine', t('projects.removed', { name }))
      inBackground(changed())
      onClose()
      inBackground(Promise.resolve(navigate('/tasks/projects')))
    },
    onError: (error) => toast('rust', explain(error))
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={t(project ? 'projects.edit' : 'projects.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={name.trim() === ''}
      saveLabel={t('common.save')}
      onSubmit={() => save.mutate(project?.state ?? 'open')}
      onClose={onClose}
      testId="project-form"
      saveTestId="project-save"
    >
      <TextInput
        label={t('projects.name')}
        value={name}
        maxLength={300}
        required
        data-autofocus
        error={wrong['name']}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="project-name"
      />
      <div className={styles.two}>
        <Select
          label={t('projects.owner')}
          placeholder={t('tasks.nobody')}
          data={people}
          value={ownerId}
          searchable
          clearable
          onChange={setOwnerId}
        />
        <TextInput
          type="date"
          label={t('projects.deadline')}
          value={dueOn}
          error={wrong['dueOn']}
          onChange={(event) => setDueOn(event.currentTarget.value)}
        />
      </div>
      <MultiSelect
        label={t('projects.members')}
        description={t('projects.membersText')}
        data={people}
        value={memberIds}
        searchable
        onChange={setMemberIds}
      />
      <FoundSelect
        label={t('tasks.deal')}
        placeholder={t('tasks.noDeal')}
        things="deals"
        value={deal}
        onChange={setDeal}
      />
      <Textarea
        label={t('tasks.note')}
        autosize
        minRows={2}
        maxLength={5000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {project && (
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() => save.mutate(project.state === 'open' ? 'done' : 'open')}
            data-testid="project-close"
          >
            {t(project.state === 'open' ? 'projects.close' : 'projects.reopen')}
          </Button>
          <ConfirmButton
            text={t('projects.removeText', { name })}
            confirm={t('common.remove')}
            onConfirm={() => remove.mutate()}
          >
            {(ask) => (
              <Button size="xs" variant="subtle" color="rust" onClick={ask}>
                {t('common.remove')}
              </Button>
            )}
          </ConfirmButton>
        </Group>
      )}
    </FormDialog>
  )
}
