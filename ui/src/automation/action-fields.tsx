import {
  ActionIcon,
  Checkbox,
  Group,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Tooltip
} from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { AutomationAction } from '../../../api/contract/automation.ts'
import { textVariables } from '../../../api/contract/automation-words.ts'
import styles from './automation.module.css'
import { strangeVariables } from './draft.ts'
import { DurationInput } from './duration-input.tsx'
import type { Choices } from './lookups.ts'

interface Props {
  action: AutomationAction
  place: number
  choices: Choices
  /** Whether SMS can leave; null while that is unknown. */
  hasSms: boolean | null
  onChange: (action: AutomationAction) => void
  onRemove: () => void
}

/** One action. */
export function ActionFields({ action, place, choices, hasSms, onChange, onRemove }: Props) {
  const { t } = useTranslation()
  const strange = (text: string): string | null => {
    const [name] = strangeVariables(text)
    return name === undefined
      ? null
      : t('automation.strange', { name, interpolation: { escapeValue: false } })
  }
  const marketing = (value: boolean, set: (value: boolean) => void) => (
    <Checkbox
      label={t('automation.isMarketing')}
      description={t(value ? 'automation.marketingText' : 'automation.serviceText')}
      checked={value}
      onChange={({ currentTarget }) => set(currentTarget.checked)}
    />
  )
  return (
    <div className={styles.action} data-testid="action">
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Text fw={600} fz="sm">
          {place}. {t(`automation.actionKind.${action.kind}`)}
        </Text>
        <Tooltip label={t('common.remove')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('common.remove')} onClick={onRemove}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Stack gap="xs">{fields()}</Stack>
    </div>
  )

  function variables(add: (variable: string) => void) {
    return (
      <div className={styles.variables}>
        {textVariables.map((name) => (
          <Tooltip key={name} label={t(`automation.variable.${name}`)}>
            <button type="button" className={styles.variable} onClick={() => add(`{{${name}}}`)}>
              {name}
            </button>
          </Tooltip>
        ))}
      </div>
    )
  }

  function fields() {
    switch (action.kind) {
      case 'createTask': {
        const chosen = action.for.kind
        return (
          <>
            <TextInput
              label={t('automation.task.title')}
              required
              value={action.title}
              error={strange(action.title)}
              onChange={({ currentTarget }) => onChange({ ...action, title: currentTarget.value })}
            />
            {variables((name) => onChange({ ...action, title: `${action.title}${name}` }))}
            <Group align="flex-end" grow preventGrowOverflow={false}>
              <Select
                label={t('automation.task.for')}
                allowDeselect={false}
                data={(['responsible', 'supervisor', 'user', 'group'] as const).map((value) => ({
                  value,
                  label: t(`automation.assignee.${value}`)
                }))}
                value={chosen}
                onChange={(kind) => {
                  if (kind === 'responsible' || kind === 'supervisor') onChange({ ...action, for: { kind } })
                  if (kind === 'user' || kind === 'group') onChange({ ...action, for: { kind, id: '' } })
                }}
              />
              {'id' in action.for && (
                <Select
                  label={t(`automation.assignee.${action.for.kind}`)}
                  placeholder={t('automation.choose')}
                  searchable
                  data={action.for.kind === 'user' ? choices.users : choices.groups}
                  value={action.for.id || null}
                  onChange={(id) => {
                    if ('id' in action.for)
                      onChange({ ...action, for: { kind: action.for.kind, id: id ?? '' } })
                  }}
                />
              )}
            </Group>
            <DurationInput
              label={t('automation.task.due')}
              minutes={action.dueMinutes}
              onChange={(dueMinutes) => onChange({ ...action, dueMinutes })}
            />
          </>
        )
      }
      case 'changeStage':
        return (
          <Select
            label={t('automation.toStage')}
            placeholder={t('automation.choose')}
            searchable
            data={choices.stages}
            value={action.stageId || null}
            onChange={(stageId) => onChange({ ...action, stageId: stageId ?? '' })}
          />
        )
      case 'changeOwner':
        return (
          <Select
            label={t('automation.toUser')}
            placeholder={t('automation.choose')}
            searchable
            data={choices.users}
            value={action.userId || null}
            onChange={(userId) => onChange({ ...action, userId: userId ?? '' })}
          />
        )
      case 'addTag':
        return (
          <TextInput
            label={t('automation.tag')}
            required
            maxLength={60}
            value={action.tag}
            onChange={({ currentTarget }) => onChange({ ...action, tag: currentTarget.value })}
          />
        )
      case 'sendMail':
        return (
          <>
            <TextInput
              label={t('automation.mail.subject')}
              required
              maxLength={200}
              value={action.subject}
              error={strange(action.subject)}
              onChange={({ currentTarget }) => onChange({ ...action, subject: currentTarget.value })}
            />
            <Textarea
              label={t('automation.mail.text')}
              required
              autosize
              minRows={4}
              maxRows={14}
              value={action.text}
              error={strange(action.text)}
              onChange={({ currentTarget }) => onChange({ ...action, text: currentTarget.value })}
            />
            {variables((name) => onChange({ ...action, text: `${action.text}${name}` }))}
            {marketing(action.isMarketing, (isMarketing) => onChange({ ...action, isMarketing }))}
          </>
        )
      case 'sendSms':
      case 'sendMessage':
        return (
          <>
            <Textarea
              label={t(`automation.text.${action.kind}`)}
              required
              autosize
              minRows={2}
              maxRows={10}
              maxLength={action.kind === 'sendSms' ? 1000 : 5000}
              value={action.text}
              error={strange(action.text)}
              onChange={({ currentTarget }) => onChange({ ...action, text: currentTarget.value })}
            />
            {variables((name) => onChange({ ...action, text: `${action.text}${name}` }))}
            {marketing(action.isMarketing, (isMarketing) => onChange({ ...action, isMarketing }))}
            {action.kind === 'sendSms' && hasSms === false && (
              <Text fz="sm" c="rust">
                {t('automation.noSms')}
              </Text>
            )}
          </>
        )
      case 'orderCallback':
        return (
          <Select
            label={t('automation.callbackGroup')}
            placeholder={t('automation.anybody')}
            clearable
            data={choices.groups}
            value={action.groupId}
            onChange={(groupId) => onChange({ ...action, groupId })}
          />
        )
      case 'webhook':
        return (
          <Text fz="sm" c="dimmed">
            {t('automation.webhookText')}
          </Text>
        )
      case 'notify': {
        const chosen = action.to.kind
        return (
          <>
            <Group align="flex-end" grow>
              <Select
                label={t('automation.notify.to')}
                allowDeselect={false}
                data={(['supervisors', 'responsible', 'user'] as const).map((value) => ({
                  value,
                  label: t(`automation.told.${value}`)
                }))}
                value={chosen}
                onChange={(kind) => {
                  if (kind === 'supervisors' || kind === 'responsible') onChange({ ...action, to: { kind } })
                  if (kind === 'user') onChange({ ...action, to: { kind, id: '' } })
                }}
              />
              {action.to.kind === 'user' && (
                <Select
                  label={t('automation.assignee.user')}
                  placeholder={t('automation.choose')}
                  searchable
                  data={choices.users}
                  value={action.to.id || null}
                  onChange={(id) => onChange({ ...action, to: { kind: 'user', id: id ?? '' } })}
                />
              )}
            </Group>
            <TextInput
              label={t('automation.notify.text')}
              required
              maxLength={500}
              value={action.text}
              error={strange(action.text)}
              onChange={({ currentTarget }) => onChange({ ...action, text: currentTarget.value })}
            />
            {variables((name) => onChange({ ...action, text: `${action.text}${name}` }))}
            <TagsInput
              label={t('automation.notify.emails')}
              description={t('automation.notify.emailsHelp')}
              placeholder={action.emails.length === 0 ? 'boss@example.com' : ''}
              value={action.emails}
              onChange={(emails) => onChange({ ...action, emails })}
            />
          </>
        )
      }
    }
  }
}
