import './jitless.ts'
import '../styles/later.ts'
import '@mantine/core/styles/Tabs.css'
import '@mantine/core/styles/Timeline.css'
import '@mantine/core/styles/Chip.css'
import { Button, Center, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { SchemeEditor } from './scheme-editor.tsx'

/** One scheme, to be drawn. */
export default function SchemePage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  // Fetched anew each time: the editor goes on from the draft that stands there now.
  const scheme = useQuery({
    queryKey: ['scheme', id],
    queryFn: () => api<SchemeRecord>('GET', `/api/schemes/${id}`),
    gcTime: 0,
    staleTime: Infinity
  })
  if (scheme.isPending) {
    return (
      <Center mih="60dvh">
        <Loader type="dots" size="sm" />
      </Center>
    )
  }
  if (scheme.isError) {
    const isGone = scheme.error instanceof ApiError && scheme.error.problem.status === 404
    return (
      <Center mih="60dvh">
        <Stack align="center">
          <Text>{isGone ? t('schemes.gone') : explain(scheme.error)}</Text>
          {isGone ? (
            <Button component={Link} to="/settings/schemes" variant="default">
              {t('schemes.back')}
            </Button>
          ) : (
            <Button onClick={() => inBackground(scheme.refetch())}>{t('common.retry')}</Button>
          )}
        </Stack>
      </Center>
    )
  }
  return <SchemeEditor key={id} record={scheme.data} />
}
