import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NumberInput,
  Skeleton,
  Stack,
  Text,
  TextInput
} from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pipeline, PipelineStage } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { RemoveButton } from '../settings/remove-button.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import { LossReasonList } from './loss-reasons.tsx'
import styles from './pipelines.module.css'
import { usePipelines } from './queries.ts'

/** A stage in the editor; `key` tells rows apart while they have no id. */
interface Draft {
  key: string
  id?: string
  name: string
  kind: PipelineStage['kind']
  /** In per cent; null: by its place. */
  probability: number | null
}

/** Deals and lists show stages too. */
function useChanged() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['all', 'pipelines'] }),
      client.invalidateQueries({ queryKey: ['deals'] })
    ])
}

function Editor({ pipeline, onClose }: { pipeline: Pipeline | null; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [name, setName] = useState(pipeline?.name ?? '')
  const [stages, setStages] = useState<Draft[]>(
    pipeline?.stages.map(({ id, name: stage, kind, probability }) => ({
      ...{ key: id, id, name: stage, kind, probability }
    })) ?? [
      { key: 'new', name: t('crm.pipelines.newStage'), kind: 'open', probability: null },
      { key: 'won', name: t('crm.pipelines.wonName'), kind: 'won', probability: null },
      { key: 'lost', name: t('crm.pipelines.lostName'), kind: 'lost', probability: null }
    ]
  )
  const [nextKey, setNextKey] = useState(1)
  const save = useMutation({
    mutationFn: () => {
      const body = { name, stages: stages.map(({ key: _key, ...stage }) => stage) }
      return pipeline
        ? api('PATCH', `/api/pipelines/${pipeline.id}`, body)
        : api('POST', '/api/pipelines', body)
    },
    onSuccess: async () => {
      onClose()
      await changed()
    }
  })
  const open = stages.filter(({ kind }) => kind === 'open')
  const last = stages.filter(({ kind }) => kind !== 'open')
  const rename = (key: string, to: string): void =>
    setStages(stages.map((stage) => (stage.key === key ? { ...stage, name: to } : stage)))
  const swap = (index: number, by: number): void => {
    const moved = [...open]
    const [stage] = moved.splice(index, 1)
    if (stage) moved.splice(index + by, 0, stage)
    setStages([...moved, ...last])
  }
  const isComplete = name.trim() !== '' && stages.every((stage) => stage.name.trim() !== '')
  return (
    <FormDialog
      title={pipeline ? pipeline.name : t('crm.pipelines.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={!isComplete}
      saveLabel={t('common.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="pipeline-editor"
      saveTestId="pipeline-save"
    >
      <TextInput
        label={t('settings.name')}
        value={name}
        maxLength={200}
        required
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <span className="eyebrow">{t('crm.pipelines.stages')}</span>
      <Text c="dimmed" fz="sm">
        {t('crm.pipelines.probabilityText')}
      </Text>
      {open.map((stage, index) => (
        <div key={stage.key} className={styles.stage} data-testid="stage-row">
          <TextInput
            size="xs"
            aria-label={t('crm.pipelines.stageName')}
            value={stage.name}
            maxLength={200}
            onChange={(event) => rename(stage.key, event.currentTarget.value)}
          />
          <NumberInput
            size="xs"
            w={86}
            aria-label={`${t('crm.pipelines.probability')}: ${stage.name}`}
            title={t('crm.pipelines.probability')}
            placeholder={t('crm.pipelines.byPlace')}
            value={stage.probability ?? ''}
            min={0}
            max={100}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            rightSection="%"
            onChange={(value) =>
              setStages(
                stages.map((each) =>
                  each.key === stage.key
                    ? { ...each, probability: value === '' ? null : Number(value) }
                    : each
                )
              )
            }
          />
          <Group gap={2} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('crm.pipelines.up')}: ${stage.name}`}
              disabled={index === 0}
              onClick={() => swap(index, -1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('crm.pipelines.down')}: ${stage.name}`}
              disabled={index === open.length - 1}
              onClick={() => swap(index, 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('crm.pipelines.removeStage', { name: stage.name })}
              disabled={open.length === 1}
              onClick={() => setStages(stages.filter(({ key }) => key !== stage.key))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        </div>
      ))}
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={15} />}
        disabled={stages.length >= 30}
        onClick={() => {
          setStages([
            ...open,
            { key: `fresh-${nextKey}`, name: '', kind: 'open', probability: null },
            ...last
          ])
          setNextKey(nextKey + 1)
        }}
      >
        {t('crm.pipelines.addStage')}
      </Button>
      {last.map((stage) => (
        <TextInput
          key={stage.key}
          size="xs"
          label={
            stage.kind === 'won'
              ? `${t('crm.pipelines.won')} – ${t('crm.pipelines.wonText')}`
              : `${t('crm.pipelines.lost')} – ${t('crm.pipelines.lostText')}`
          }
          value={stage.name}
          maxLength={200}
          onChange={(event) => rename(stage.key, event.currentTarget.value)}
        />
      ))}
    </FormDialog>
  )
}

/** The ways that deals go; each ends won or lost. */
export function PipelinesSection() {
  const { t } = useTranslation()
  const pipelines = usePipelines()
  const changed = useChanged()
  const [edited, setEdited] = useState<Pipeline | 'new' | null>(null)
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/pipelines/${id}`),
    onSuccess: changed
  })
  return (
    <section>
      <SectionHead
        title={t('crm.pipelines.title')}
        text={t('crm.pipelines.text')}
        addLabel={t('crm.pipelines.add')}
        onAdd={() => setEdited('new')}
        things="pipelines"
      />
      {remove.isError && (
        <Alert color="rust" mb="md" role="alert" withCloseButton onClose={() => remove.reset()}>
          {explain(remove.error)}
        </Alert>
      )}
      {pipelines.isPending && <Skeleton height={90} radius="lg" />}
      {pipelines.isError && (
        <Stack align="center" p="lg">
          <Text>{explain(pipelines.error)}</Text>
          <Button variant="default" onClick={() => inBackground(pipelines.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      <Stack gap="sm">
        {(pipelines.data ?? []).map((pipeline) => (
          <div key={pipeline.id} className={`sheet ${styles.pipeline}`} data-testid="pipelines-row">
            <div className={styles.head}>
              <button type="button" className={styles.open} onClick={() => setEdited(pipeline)}>
                {pipeline.name}
              </button>
              <RemoveButton name={pipeline.name} onConfirm={() => remove.mutate(pipeline.id)} />
            </div>
            <ol className={styles.stages}>
              {pipeline.stages.map((stage) => (
                <li key={stage.id} data-kind={stage.kind}>
                  {stage.name}
                </li>
              ))}
            </ol>
          </div>
        ))}
      </Stack>
      <LossReasonList />
      {edited && <Editor pipeline={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </section>
  )
}
