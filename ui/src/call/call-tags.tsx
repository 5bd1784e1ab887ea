import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { TagsField } from '../lib/tags-field.tsx'
import { toast } from '../lib/toast.tsx'

const longest = 50

/** The tags of a call: each is saved as it is put on or taken off; those that others use are offered. */
export function CallTags({ call, isReadOnly }: { call: JournalCallWithLegs; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const known = useQuery({
    queryKey: ['tags'],
    queryFn: () => api<Page<{ name: string }>>('GET', '/api/tags'),
    staleTime: 60_000,
    enabled: !isReadOnly
  })
  const save = useMutation({
    // One after the other: each is the whole list.
    scope: { id: `tags-${call.id}` },
    mutationFn: (tags: string[]) =>
      api<JournalCallWithLegs>('PATCH', `/api/calls/${call.id}`, {
        tags: tags.map((tag) => tag.trim().slice(0, longest)).filter(Boolean)
      }),
    onSuccess: async ({ tags }) => {
      client.setQueryData<JournalCallWithLegs>(['call', call.id], (old) => old && { ...old, tags })
      await Promise.all([
        client.invalidateQueries({ queryKey: ['calls'] }),
        client.invalidateQueries({ queryKey: ['tags'] })
      ])
    },
    onError: (error) => toast('rust', explain(error))
  })
  const tags = save.isPending ? save.variables : call.tags
  return (
    <TagsField
      aria-label={t('journal.tags')}
      placeholder={tags.length === 0 && !isReadOnly ? t('journal.tagsPlaceholder') : ''}
      data={known.data?.items.map(({ name }) => name) ?? []}
      limit={8}
      maxTags={20}
      maxLength={longest}
      acceptValueOnBlur
      readOnly={isReadOnly}
      value={tags}
      onChange={(next) => save.mutate(next)}
      clearable={false}
      data-testid="tags"
    />
  )
}
