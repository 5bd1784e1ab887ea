import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Trunk } from '../../../api/contract/trunks.ts'

const colours: Record<Trunk['state'], string> = {
  configured: 'pine',
  registered: 'pine',
  registering: 'amber',
  rejected: 'rust',
  unreachable: 'rust',
  unknown: 'gray',
  inactive: 'gray'
}

/** How a trunk stands, in a word and a colour. */
export function TrunkState({ state }: { state: Trunk['state'] }) {
  const { t } = useTranslation()
  return (
    <Badge color={colours[state]} variant="light" tt="none" data-state={state} data-testid="trunk-state">
      {t(`trunkState.${state}`)}
    </Badge>
  )
}
