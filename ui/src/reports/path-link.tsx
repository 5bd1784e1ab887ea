import { Button } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMe } from '../session/session.ts'

/** From a call to how its client came to us; operators see no reports. */
export function PathLink({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const me = useMe()
  if (me.role === 'operator') return null
  return (
    <Button
      component={Link}
      to={`/reports/path?callId=${callId}`}
      variant="default"
      size="compact-sm"
      leftSection={<IconRoute size={14} />}
      data-testid="path-link"
    >
      {t('visitPath.client')}
    </Button>
  )
}
