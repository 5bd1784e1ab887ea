import { Badge } from '@mantine/core'
import type { Deal } from '../../../api/contract/crm.ts'

const colours: Record<Deal['stage']['kind'], string> = { open: 'amber', won: 'pine', lost: 'gray' }

/** Where a deal stands. */
export function StageBadge({ stage }: { stage: Deal['stage'] }) {
  return (
    <Badge variant="light" color={colours[stage.kind]} radius="sm" tt="none" fw={600} data-kind={stage.kind}>
      {stage.name}
    </Badge>
  )
}
