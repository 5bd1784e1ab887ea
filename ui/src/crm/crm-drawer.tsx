import { Button, Drawer, Skeleton, Stack, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'

const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))

interface Props<T> {
  title: string
  /** What the drawer shows. */
  query: UseQueryResult<T>
  onClose: () => void
  testId: string
  /** The content; `openCall` shows a call over it. */
  children: (data: T, openCall: (id: string) => void) => ReactNode
}

/** A drawer for one thing of the CRM, with what is shown until it is there. */
export function CrmDrawer<T>({ title, query, onClose, testId, children }: Props<T>) {
  const { t } = useTranslation()
  const [callId, setCallId] = useState<string | null>(null)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={640}
      title={<span className="eyebrow">{title}</span>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid={testId}
    >
      {query.isPending && (
        <Stack>
          <Skeleton height={30} width="60%" />
          <Skeleton height={120} />
        </Stack>
      )}
      {query.isError && (
        <Stack align="flex-start">
          <Text>{explain(query.error)}</Text>
          <Button variant="default" onClick={() => inBackground(query.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {query.data && children(query.data, setCallId)}
      {callId && (
        <Suspense>
          <CallDrawer callId={callId} onClose={() => setCallId(null)} />
        </Suspense>
      )}
    </Drawer>
  )
}
