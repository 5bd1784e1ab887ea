import {
  Alert,
  Badge,
  Button,
  Group,
  JsonInput,
  List,
  Modal,
  Stack,
  Table,
  Text,
  TextInput
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import type en from '../i18n/en.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { useAll } from '../lib/lookups.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { SectionHead } from './section-head.tsx'
import styles from './settings.module.css'
import { TableSheet } from './table-sheet.tsx'
import { toast } from '../lib/toast.tsx'

const empty = {
  locale: 'ru',
  start: 'greeting',
  blocks: {
    greeting: {
      type: 'greeting',
      settings: { sounds: [{ sound: 'ringtrace/welcome' }] },
      exits: { next: null }
    }
  }
}

type Problem = SchemeRecord['problems'][number]

function problemWord({ code, message }: Problem): string {
  return i18next.exists(`schemeProblem.${code}`)
    ? `${i18next.t(`schemeProblem.${code as keyof typeof en.schemeProblem}`)} (${message})`
    : message
}

function Problems({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation()
  if (problems.length === 0) return <Alert color="pine">{t('settings.schemes.noProblems')}</Alert>
  const hasErrors = problems.some(({ severity }) => severity === 'error')
  return (
    <Alert
      color={hasErrors ? 'rust' : 'amber'}
      title={t('settings.schemes.problems')}
      data-testid="scheme-problems"
    >
      <List size="sm">
        {problems.map((problem) => (
          <List.Item key={`${problem.block ?? ''}${problem.code}${problem.message}`}>
            {problem.block && <b>{problem.block}: </b>}
            {problemWord(problem)}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function SchemeEditor({ scheme, onClose }: { scheme: SchemeRecord | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [record, setRecord] = useState(scheme)
  const [name, setName] = useState(scheme?.name ?? '')
  const [json, setJson] = useState(() => JSON.stringify(scheme?.draft ?? empty, null, 2))
  const [isBroken, setBroken] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: ['all', 'schemes'] })
  const save = useMutation({
    mutationFn: (draft: unknown) =>
      api<SchemeRecord>(record ? 'PATCH' : 'POST', record ? `/api/schemes/${record.id}` : '/api/schemes', {
        name,
        draft
      }),
    onSuccess: async (saved) => {
      setRecord(saved)
      await refresh()
      toast('pine', t('common.saved'), 2000)
    }
  })
  const publish = useMutation({
    mutationFn: (id: string) => api<SchemeRecord>('POST', `/api/schemes/${id}/publish`, {}),
    onSuccess: async (published) => {
      setRecord(published)
      await refresh()
      toast('pine', t('settings.schemes.published', { version: published.publishedVersion ?? 1 }))
    }
  })
  const onSave = (): void => {
    try {
      const draft: unknown = JSON.parse(json)
      setBroken(false)
      save.mutate(draft)
    } catch {
      // Not JSON yet: said at the field.
      setBroken(true)
    }
  }
  const failure = save.error ?? publish.error
  const errors = fieldErrors(failure)
  // Its problems stand below in the reader's own language; the server's list says the same in English.
  const isSchemeAtFault = failure instanceof ApiError && failure.problem.code === 'scheme_invalid'
  return (
    <Modal opened onClose={onClose} size="xl" title={record?.name ?? t('settings.schemes.add')}>
      <Stack gap="sm" data-testid="scheme-editor">
        <TextInput
          label={t('settings.name')}
          required
          value={name}
          error={errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <JsonInput
          className={styles.json ?? ''}
          label={t('settings.schemes.draft')}
          description={t('settings.schemes.draftHelp')}
          autosize
          minRows={10}
          maxRows={16}
          value={json}
          onChange={setJson}
          error={isBroken ? t('settings.schemes.notJson') : undefined}
          data-testid="scheme-json"
        />
        {failure && !isSchemeAtFault && (
          <Alert color="rust" role="alert">
            {explain(failure)}
            <List size="sm">
              {Object.entries(errors).map(([path, message]) => (
                <List.Item key={path}>
                  <b>{path}</b>: {message}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {isSchemeAtFault && (
          <Text c="rust" role="alert" fw={600}>
            {explain(failure)}
          </Text>
        )}
        {record && (!failure || isSchemeAtFault) && <Problems problems={record.problems} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onSave} loading={save.isPending} data-testid="scheme-save">
            {t('settings.schemes.saveDraft')}
          </Button>
          <Button
            disabled={!record}
            loading={publish.isPending}
            onClick={() => record && publish.mutate(record.id)}
            data-testid="scheme-publish"
          >
            {t('settings.schemes.publish')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Routing schemes as JSON with their problems, until there is a picture to draw them in. */
export function SchemesSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const schemes = useAll<SchemeRecord>('schemes')
  const [edited, setEdited] = useState<SchemeRecord | 'new' | null>(null)
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/schemes/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['all'] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <section>
      <SectionHead
        title={t('settings.schemes.title')}
        text={t('settings.schemes.text')}
        addLabel={t('settings.schemes.add')}
        onAdd={() => setEdited('new')}
        things="schemes"
      />
      <TableSheet
        query={schemes}
        empty={t('settings.empty')}
        head={
          <>
            <Table.Th>{t('settings.name')}</Table.Th>
            <Table.Th>{t('settings.schemes.version')}</Table.Th>
            <Table.Th>{t('settings.schemes.blocks')}</Table.Th>
            <Table.Th>{t('settings.state')}</Table.Th>
            <Table.Th>{t('settings.schemes.changed')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(each) => {
          const errors = each.problems.filter(({ severity }) => severity === 'error').length
          return (
            <Table.Tr
              key={each.id}
              data-testid="schemes-row"
              style={{ cursor: 'pointer' }}
              onClick={() => setEdited(each)}
            >
              <Table.Td>
                <button type="button" className={styles.open} onClick={() => setEdited(each)}>
                  {each.name}
                </button>
              </Table.Td>
              <Table.Td className="num">
                {each.publishedVersion ? `v${each.publishedVersion}` : t('settings.schemes.onlyDraft')}
              </Table.Td>
              <Table.Td className="num">{Object.keys(each.draft.blocks).length}</Table.Td>
              <Table.Td>
                <Badge
                  variant="light"
                  tt="none"
                  color={errors > 0 ? 'rust' : each.problems.length > 0 ? 'amber' : 'pine'}
                >
                  {each.problems.length === 0
                    ? t('settings.schemes.fine')
                    : t('settings.schemes.problemCount', { count: each.problems.length })}
                </Badge>
              </Table.Td>
              <Table.Td className="num">
                {dayOf(each.updatedAt)}, {timeOfDay(each.updatedAt)}
              </Table.Td>
              <Table.Td ta="right" onClick={(event) => event.stopPropagation()}>
                <ConfirmButton
                  text={t('common.removeText', { name: each.name })}
                  confirm={t('common.remove')}
                  onConfirm={() => remove.mutate(each.id)}
                >
                  {(ask) => (
                    <Button size="compact-xs" variant="subtle" color="gray" onClick={ask}>
                      {t('common.remove')}
                    </Button>
                  )}
                </ConfirmButton>
              </Table.Td>
            </Table.Tr>
          )
        }}
      />
      {edited && <SchemeEditor scheme={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </section>
  )
}
