import {
  ActionIcon,
  Alert,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Tooltip
} from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../integrations/webhooks/core/problems.ts'
import { variableNames } from '../../../integrations/webhooks/core/variables.ts'
import { messageOf, type MessageDraft } from './draft.ts'
import { Preview } from './preview.tsx'
import styles from './webhooks.module.css'
import { allEvents, useEventName } from './words.ts'

interface Props {
  message: MessageDraft
  /** Of this message, paths without its place. */
  problems: readonly Problem[]
  /** Of the webhook. */
  url: string
  onChange: (message: MessageDraft) => void
  onRemove: (() => void) | null
}

const kinds = ['form', 'json', 'query', 'none'] as const

/** One message: when, where to, and what stands in it, with what becomes of it for the last call. */
export function MessageEditor({ message, problems, url, onChange, onRemove }: Props) {
  const { t } = useTranslation()
  const nameOf = useEventName()
  const area = useRef<HTMLTextAreaElement>(null)
  const set = (part: Partial<MessageDraft>): void => onChange({ ...message, ...part })
  const wordsOf = (start: string): string | null => {
    const found = problems.filter(({ path }) => path.startsWith(start))
    if (found.length === 0) return null
    const texts = found.slice(0, 4).map(({ code, name, path }) => {
      const line = /fields\.(\d+)|headers\.(\d+)/.exec(path)
      const at = line ? `${t('hooks.template.line', { number: Number(line[1] ?? line[2]) + 1 })}: ` : ''
      return at + t(`hooks.problem.${code}`, { name })
    })
    return texts.join('; ')
  }
  const insert = (name: string): void => {
    const at = area.current?.selectionEnd ?? message.text.length
    set({ text: `${message.text.slice(0, at)}{{${name}}}${message.text.slice(at)}` })
    area.current?.focus()
  }
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <Select
          label={t('hooks.template.event')}
          data={allEvents.map((value) => ({ value, label: nameOf(value) }))}
          value={message.event}
          allowDeselect={false}
          searchable
          onChange={(event) => event !== null && set({ event })}
          style={{ flex: 1 }}
        />
        <Select
          label={t('hooks.template.method')}
          data={['POST', 'GET', 'PUT']}
          value={message.method}
          allowDeselect={false}
          onChange={(method) => {
            if (method === null) return
            const kind = method === 'GET' && message.kind !== 'none' ? 'query' : message.kind
            set({ method: method, kind })
          }}
          w={110}
        />
        {onRemove && (
          <Tooltip label={t('hooks.template.remove')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('hooks.template.remove')}
              onClick={onRemove}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <TextInput
        label={t('hooks.template.url')}
        description={t('hooks.template.urlHelp')}
        placeholder={url === '' ? 'https://crm.example/hook?call={{callId}}' : url}
        value={message.url}
        error={wordsOf('url')}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <Group justify="space-between" align="flex-end">
        <div>
          <Text fz="sm" fw={500} mb={4}>
            {t('hooks.template.body')}
          </Text>
          <SegmentedControl
            aria-label={t('hooks.template.body')}
            value={message.kind}
            onChange={(kind) =>
              set({
                kind,
                ...(message.method === 'GET' &&
                  kind !== 'query' &&
                  kind !== 'none' && { method: 'POST' as const })
              })
            }
            data={kinds.map((value) => ({ value, label: t(`hooks.template.kind.${value}`) }))}
          />
        </div>
        {message.kind !== 'none' && (
          <Select
            aria-label={t('hooks.template.insert')}
            placeholder={t('hooks.template.insert')}
            data={variableNames}
            searchable
            value={null}
            onChange={(name) => name !== null && insert(name)}
            w={210}
            data-testid="insert-variable"
          />
        )}
      </Group>
      {message.kind !== 'none' && (
        <Textarea
          ref={area}
          aria-label={t('hooks.template.body')}
          description={t(message.kind === 'json' ? 'hooks.template.jsonHelp' : 'hooks.template.fieldsHelp')}
          classNames={{ input: styles.mono ?? '' }}
          autosize
          minRows={4}
          maxRows={16}
          value={message.text}
          error={wordsOf('body')}
          onChange={(event) => set({ text: event.currentTarget.value })}
          data-testid="message-text"
        />
      )}
      <Textarea
        label={t('hooks.template.headers')}
        description={t('hooks.template.headersHelp')}
        placeholder={'Authorization: Bearer {{token}}'}
        classNames={{ input: styles.mono ?? '' }}
        autosize
        minRows={1}
        maxRows={6}
        value={message.headers}
        error={wordsOf('headers')}
        onChange={(event) => set({ headers: event.currentTarget.value })}
      />
      <Select
        label={t('hooks.template.needs')}
        description={t('hooks.template.needsHelp')}
        placeholder={t('hooks.template.always')}
        data={variableNames}
        searchable
        clearable
        value={message.needs}
        onChange={(needs) => set({ needs })}
      />
      {problems.length === 0 ? (
        <Preview message={messageOf(message)} url={url} />
      ) : (
        <Alert color="amber">{t('hooks.preview.problems')}</Alert>
      )}
    </Stack>
  )
}
