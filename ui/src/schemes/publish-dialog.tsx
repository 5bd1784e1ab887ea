import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import type { SchemeCheckRecord } from '../../../api/contract/schemes.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { withSchedules, type Schedules } from '../../../ivr/schedules.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { Changes } from './changes.tsx'
import { playChecks, useWhy } from './checks-list.tsx'
import type { Draft } from './use-draft.ts'

interface Props {
  schemeId: string
  draft: Draft
  /** The version that calls follow now. */
  published: Scheme | null
  problems: readonly SchemeProblem[]
  checks: readonly SchemeCheckRecord[]
  others: Readonly<Record<string, Scheme>>
  hours: Schedules
  onPublished: (record: SchemeRecord) => void
  onProblems: () => void
  onClose: () => void
}

/** What will change for callers, and what still stands in the way. */
export function PublishDialog(props: Props) {
  const { t } = useTranslation()
  const { schemeId, draft, published, problems, checks, others, hours, onPublished, onProblems, onClose } =
    props
  const { scheme } = draft.editing
  const errors = problems.filter(({ severity }) => severity === 'error')
  const played = playChecks(withSchedules(scheme, hours), checks, others)
  const failed = played.filter(({ result }) => !result.isPassed)
  const why = useWhy(scheme)
  const publish = useMutation({
    mutationFn: async () => {
      const revision = await draft.flush()
      // What stands in the way of saving shows itself at the top of the page.
      if (revision === null) return null
      return api<SchemeRecord>('POST', `/api/schemes/${schemeId}/publish`, { revision })
    },
    onSuccess: (record) => {
      onClose()
      if (!record) return
      toast('pine', t('schemes.publish.done', { version: record.publishedVersion ?? 1 }))
      onPublished(record)
    }
  })
  const refusals =
    publish.error instanceof ApiError ? Object.values(fieldErrors(publish.error)).slice(0, 10) : []
  return (
    <Modal opened onClose={onClose} size="lg" title={t('schemes.publish.title')} data-testid="publish-dialog">
      <Stack gap="md">
        {published === null ? (
          <Text fz="sm">{t('schemes.publish.first')}</Text>
        ) : (
          <section>
            <Text className="eyebrow" mb={4}>
              {t('schemes.publish.changes')}
            </Text>
            <Changes before={published} after={scheme} nothing={t('schemes.publish.nothing')} />
          </section>
        )}
        {errors.length > 0 && (
          <Alert color="rust" title={t('schemes.publish.hasErrors')}>
            <Button size="compact-xs" variant="white" color="rust" onClick={onProblems}>
              {t('schemes.publish.showProblems')}
            </Button>
          </Alert>
        )}
        {failed.length > 0 && (
          <Alert color="rust" title={t('schemes.publish.checksFail')} data-testid="failed-checks">
            <List size="sm">
              {failed.map(({ check, result }) => (
                <List.Item key={check.id}>
                  {check.name}: {why(result)}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {played.length > 0 && failed.length === 0 && (
          <Text fz="sm" c="pine">
            {t('schemes.publish.checksPass', { count: played.length })}
          </Text>
        )}
        {publish.isError && (
          <Alert color="rust" role="alert">
            {explain(publish.error)}
            <List size="sm">
              {refusals.map((refusal) => (
                <List.Item key={refusal}>{refusal}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Group justify="space-between">
          <Text fz="xs" c="dimmed">
            {t('schemes.publish.live')}
          </Text>
          <Group gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              disabled={errors.length > 0 || failed.length > 0}
              loading={publish.isPending}
              onClick={() => publish.mutate()}
              data-testid="publish-confirm"
            >
              {t('schemes.publish.button')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
