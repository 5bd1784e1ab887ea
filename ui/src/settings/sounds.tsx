import { ActionIcon, Badge, Button, FileButton, Group, Text } from '@mantine/core'
import { IconArrowBackUp, IconReplace, IconTrash, IconUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MusicClass, Prompt } from '../../../api/contract/media.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { isCancelled, UploadBar, useUpload } from '../prompts/upload-bar.tsx'
import { UsedIn } from '../prompts/used-in.tsx'
import { NewPrompt } from './new-prompt.tsx'
import { ResourceTable } from './resource-table.tsx'
import styles from './settings.module.css'

function Player({ url, name }: { url: string; name: string }) {
  return <audio controls preload="none" src={url} aria-label={name} className={styles.audio} />
}

/** What callers hear: words of the company, spoken, recorded or uploaded. */
export function PromptsSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isNew, setNew] = useState(false)
  const [replaced, setReplaced] = useState<Prompt | null>(null)
  const undo = useMutation({
    mutationFn: (prompt: Prompt) => api<Prompt>('POST', `/api/prompts/${prompt.id}/undo`),
    onSuccess: async (prompt) => {
      toast('pine', t('setup.prompts.undone', { name: prompt.name }), 8000, {
        label: t('setup.prompts.redo'),
        run: () => undo.mutate(prompt)
      })
      await client.invalidateQueries({ queryKey: ['all', 'prompts'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <>
      <ResourceTable<Prompt>
        things="prompts"
        title={t('setup.prompts.title')}
        text={t('setup.prompts.text')}
        addLabel={t('setup.prompts.add')}
        onAdd={() => setNew(true)}
        nameOf={(prompt) => prompt.name}
        columns={[
          { header: t('settings.name'), cell: (prompt) => prompt.name },
          {
            header: t('shell.language'),
            cell: (prompt) => (prompt.locale === null ? '–' : prompt.locale === 'ru' ? 'Русский' : 'English')
          },
          {
            header: t('setup.prompts.from'),
            cell: (prompt) => (
              <Text fz="sm" lineClamp={2} maw={240}>
                {prompt.text ? `«${prompt.text}»` : (prompt.originalName ?? t('setup.prompts.recorded'))}
              </Text>
            )
          },
          { header: t('setup.usedIn'), cell: (prompt) => <UsedIn things="prompts" id={prompt.id} /> },
          {
            header: t('setup.length'),
            cell: (prompt) => <span className="num">{clock(prompt.seconds)}</span>
          },
          {
            header: t('setup.listen'),
            cell: (prompt) =>
              prompt.state === 'ready' ? (
                <Player url={`${prompt.url}?v=${Date.parse(prompt.updatedAt)}`} name={prompt.name} />
              ) : (
                <Badge color="rust" variant="light" tt="none">
                  {t('setup.prompts.missing')}
                </Badge>
              )
          }
        ]}
        actions={(prompt) => (
          <>
            {prompt.before && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t('setup.prompts.undo')}: ${prompt.name}`}
                title={t('setup.prompts.undo')}
                onClick={() => undo.mutate(prompt)}
                data-testid="undo-prompt"
              >
                <IconArrowBackUp size={16} />
              </ActionIcon>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('setup.prompts.replace')}: ${prompt.name}`}
              title={t('setup.prompts.replace')}
              onClick={() => setReplaced(prompt)}
              data-testid="replace-prompt"
            >
              <IconReplace size={16} />
            </ActionIcon>
          </>
        )}
        fields={() => [
          { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
          {
            name: 'locale',
            label: t('shell.language'),
            type: 'select',
            canClear: true,
            options: [
              { value: 'ru', label: 'Русский' },
              { value: 'en', label: 'English' }
            ]
          }
        ]}
        toForm={(prompt) => ({ name: prompt?.name ?? '', locale: prompt?.locale ?? null })}
      />
      {isNew && <NewPrompt onClose={() => setNew(false)} />}
      {replaced && <NewPrompt prompt={replaced} onClose={() => setReplaced(null)} />}
    </>
  )
}

/** The tracks of one kind of music, with what adds and removes them. */
function Tracks({ music }: { music: MusicClass }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const done = () => client.invalidateQueries({ queryKey: ['all'] })
  const uploading = useUpload()
  const add = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData()
      form.set('file', file, file.name)
      return uploading.send('POST', `/api/music-classes/${music.id}/tracks`, form)
    },
    onSuccess: done,
    onError: (error) => {
      if (!isCancelled(error)) toast('rust', explain(error))
    }
  })
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/music-tracks/${id}`),
    onSuccess: done,
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <div style={{ display: 'grid', gap: 6 }} onClick={(event) => event.stopPropagation()}>
      {music.tracks.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t('setup.music.empty')}
        </Text>
      )}
      {music.tracks.map((track) => (
        <Group key={track.id} gap={8} wrap="nowrap">
          <Text fz="sm" className="cut" w={130}>
            {track.name}
          </Text>
          <Player url={track.url} name={track.name} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t('common.remove')}: ${track.name}`}
            onClick={() => remove.mutate(track.id)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <UploadBar uploading={uploading} />
      <FileButton
        accept="audio/*,.wav,.mp3,.ogg,.opus,.flac,.aiff"
        onChange={(file) => {
          if (file) add.mutate(file)
        }}
      >
        {(props) => (
          <Button
            size="compact-sm"
            variant="default"
            w="fit-content"
            leftSection={<IconUpload size={15} />}
            loading={add.isPending}
            {...props}
          >
            {t('setup.music.addTrack')}
          </Button>
        )}
      </FileButton>
    </div>
  )
}

/** What clients hear while they wait. */
export function MusicSection() {
  const { t } = useTranslation()
  const sorts = (['order', 'random'] as const).map((value) => ({
    value,
    label: t(`setup.music.sort.${value}`)
  }))
  return (
    <ResourceTable<MusicClass>
      things="music-classes"
      title={t('setup.music.title')}
      text={t('setup.music.text')}
      addLabel={t('setup.music.add')}
      nameOf={(music) => music.name}
      columns={[
        { header: t('settings.name'), cell: (music) => music.name },
        { header: t('setup.music.order'), cell: (music) => t(`setup.music.sort.${music.sort}`) },
        { header: t('setup.usedIn'), cell: (music) => <UsedIn things="music-classes" id={music.id} /> },
        { header: t('setup.music.tracks'), cell: (music) => <Tracks music={music} /> }
      ]}
      fields={() => [
        { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
        { name: 'sort', label: t('setup.music.order'), type: 'select', options: sorts }
      ]}
      toForm={(music) => ({ name: music?.name ?? '', sort: music?.sort ?? 'order' })}
    />
  )
}
