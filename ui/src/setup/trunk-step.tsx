import { Badge, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Trunk } from '../../../api/contract/config.ts'
import type { SetupState } from '../../../api/contract/setup.ts'
import styles from './setup.module.css'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'

/** The link to the company that brings the calls. */
export function TrunkStep({ state, ...frame }: StepProps & { state: SetupState }) {
  const { t } = useTranslation()
  const trunks = useOwn<Trunk>('trunks')
  return (
    <StepFrame
      {...frame}
      name="trunk"
      title={t('wizard.trunk.title')}
      text={t('wizard.trunk.text')}
      isDone={state.steps.trunk === 'done'}
    >
      {trunks.map((trunk) => (
        <div key={trunk.id} className={styles.person}>
          <Text fw={600}>{trunk.name}</Text>
          <Badge>{trunk.state}</Badge>
        </div>
      ))}
    </StepFrame>
  )
}
