import { TagsInput, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { LossReasons } from '../../../api/contract/deal-parts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { useLossReasons } from './queries.ts'

/** Why deals are lost, as offered when one is; saved as they are typed, with a way back. */
export function LossReasonList() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const reasons = useLossReasons()
  const save = useMutation({
    mutationFn: (names: string[]) => api<LossReasons>('PUT', '/api/loss-reasons', { names }),
    onSuccess: (data) => client.setQueryData(['loss-reasons'], data),
    onError: (error) => toast('rust', explain(error))
  })
  if (!reasons.data) return null
  const before = reasons.data.names
  return (
    <section style={{ marginTop: 28 }}>
      <Title order={2} size="h3">
        {t('crm.reasons.title')}
      </Title>
      <Text c="dimmed" maw={620} mb="sm">
        {t('crm.reasons.text')}
      </Text>
      <TagsInput
        maw={620}
        aria-label={t('crm.reasons.title')}
        placeholder={t('crm.reasons.add')}
        value={before}
        maxTags={50}
        isDuplicate={(value, all) => all.some((each) => each.toLowerCase() === value.toLowerCase())}
        onChange={(names) => {
          save.mutate(names)
          if (names.length < before.length)
            toast('pine', t('crm.reasons.removed'), 9000, {
              label: t('crm.undo'),
              run: () => save.mutate(before)
            })
        }}
        data-testid="loss-reasons"
      />
    </section>
  )
}
