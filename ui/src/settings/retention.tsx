import { Alert, Button, Group, List, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type {
  KeptKind,
  KeptSettings,
  RecordingSealing,
  RecordingSpace
} from '../../../api/contract/retention.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { size } from '../system/words.ts'
import { SettingsForm } from './settings-form.tsx'

const path = '/api/retention'
const spacePath = '/api/recording-space'
const sealingPath = '/api/recording-sealing'
const parts = {
  people: ['clients', 'forms', 'messages', 'recordings'],
  visitors: ['visits', 'touchpoints'],
  logs: ['exchanges', 'audit']
} as const satisfies Record<string, readonly KeptKind[]>
const kinds: readonly KeptKind[] = [...parts.people, ...parts.visitors, ...parts.logs]
/** Kinds that are never kept for good. */
const always: readonly KeptKind[] = ['visits', 'touchpoints', 'exchanges']

/** For how long each kind of data is kept, and what goes tonight. */
export default function RetentionSection() {
  const { t } = useTranslation()
  return (
    <>
      <SettingsForm<KeptSettings>
        title={t('retention.title')}
        text={t('retention.text')}
        path={path}
        method="PUT"
        parts={(['people', 'visitors', 'logs'] as const).map((part) => ({
          title: t(`retention.part.${part}`),
          fields: parts[part].map((name) => ({
            name,
            label: t(`retention.kind.${name}`),
            help: t(`retention.help.${name}`),
            type: 'number',
            ...(always.includes(name) ? { isRequired: true } : { placeholder: t('retention.forGood') })
          }))
        }))}
        toForm={(settings) => ({ ...settings })}
        toBody={(values) => values}
      />
      <Tonight />
      <Space />
      <Sealing />
    </>
  )
}

/** What the periods that are saved would take tonight. */
function Tonight() {
  const { t } = useTranslation()
  const saved = useQuery({
    queryKey: ['settings', path],
    queryFn: () => api<KeptSettings>('GET', path),
    staleTime: 0
  })
  const preview = useMutation({
    mutationFn: (settings: KeptSettings) =>
      api<Partial<Record<KeptKind, number>>>('POST', `${path}/preview`, settings)
  })
  const settings = saved.data
  const found = preview.data
  const going = kinds.filter((kind) => (found?.[kind] ?? 0) > 0)
  if (!settings) return null
  return (
    <div className="sheet" style={{ marginTop: 16, maxWidth: 680, padding: '16px 20px 20px' }}>
      <Text fw={620}>{t('retention.tonight.title')}</Text>
      <Text c="dimmed" fz="sm" mb="sm">
        {t('retention.tonight.text')}
      </Text>
      <Group>
        <Button
          variant="default"
          size="xs"
          loading={preview.isPending}
          onClick={() => preview.mutate(settings)}
          data-testid="retention-preview"
        >
          {t('retention.tonight.count')}
        </Button>
      </Group>
      <div role="status">
        {found && preview.variables === settings && going.length === 0 && (
          <Text mt="sm">{t('retention.tonight.nothing')}</Text>
        )}
        {found && preview.variables === settings && going.length > 0 && (
          <List mt="sm" data-testid="retention-going">
            {going.map((kind) => (
              <List.Item key={kind}>
                {t(`retention.kind.${kind}`)}:{' '}
                <b className="num">{(found[kind] ?? 0).toLocaleString(i18next.language)}</b>
              </List.Item>
            ))}
          </List>
        )}
      </div>
      {preview.isError && (
        <Alert color="rust" mt="sm">
          {explain(preview.error)}
        </Alert>
      )}
    </div>
  )
}

/** The most that recordings may take of the disk. */
function Space() {
  const { t } = useTranslation()
  const space = useQuery({
    queryKey: ['settings', spacePath],
    queryFn: () => api<RecordingSpace>('GET', spacePath),
    staleTime: 0
  })
  const now = space.data && {
    size: size(space.data.usedBytes),
    recordings: space.data.recordings.toLocaleString(i18next.language)
  }
  return (
    <div style={{ marginTop: 24 }} data-testid="recording-space">
      <SettingsForm<RecordingSpace>
        isPart
        title={t('retention.space.title')}
        text={t('retention.space.text')}
        path={spacePath}
        method="PUT"
        parts={[
          {
            title: t('retention.kind.recordings'),
            ...(now && { text: t('retention.space.now', now) }),
            fields: [
              {
                ...{ name: 'quotaGigabytes', label: t('retention.space.quota'), type: 'number' },
                placeholder: t('retention.space.none')
              }
            ]
          }
        ]}
        toForm={({ quotaGigabytes }) => ({ quotaGigabytes })}
        toBody={(values) => values}
      />
    </div>
  )
}

/** Whether recordings are encrypted on the disk, and which of them have lost their key. */
function Sealing() {
  const { t } = useTranslation()
  const sealing = useQuery({
    queryKey: ['settings', sealingPath],
    queryFn: () => api<RecordingSealing>('GET', sealingPath),
    staleTime: 0
  })
  const shown = (count: number): string => count.toLocaleString(i18next.language)
  const now = sealing.data
  return (
    <div style={{ marginTop: 24 }} data-testid="recording-sealing">
      {now !== undefined && now.locked > 0 && (
        <Alert color="rust" mb="md" maw={680} role="alert">
          {t('retention.sealing.locked', { locked: shown(now.locked) })}
        </Alert>
      )}
      <SettingsForm<RecordingSealing>
        isPart
        title={t('retention.sealing.title')}
        text={t('retention.sealing.text')}
        path={sealingPath}
        method="PUT"
        parts={[
          {
            title: t('retention.kind.recordings'),
            ...(now && {
              text: t('retention.sealing.now', { sealed: shown(now.sealed), plain: shown(now.plain) })
            }),
            fields: [
              {
                ...{ name: 'isOn', label: t('retention.sealing.isOn'), type: 'switch' },
                help: t('retention.sealing.isOnHelp')
              }
            ]
          }
        ]}
        toForm={({ isOn }) => ({ isOn })}
        toBody={(values) => values}
      />
    </div>
  )
}
