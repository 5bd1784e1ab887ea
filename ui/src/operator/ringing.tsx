import { Button, Text } from '@mantine/core'
import { IconPhone, IconPhoneX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../lib/use-keys.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import type { CurrentCall } from '../softphone/use-current-call.ts'
import styles from './call-card.module.css'

/** Answer and decline, or where else the call can be answered. */
export function Ringing({ current }: { current: CurrentCall }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { phoneCall, phase } = current
  const [answered, setAnswered] = useState(false)
  const canAnswer = phoneCall?.phase === 'ringing'
  const keys = {
    KeyA: canAnswer ? softphone.answer : undefined,
    KeyD: canAnswer ? softphone.decline : undefined
  }
  useKeys(keys, 'call')
  if (!softphone.isBrowserPhone) return <Text c="dimmed">{t('call.onDeskPhone')}</Text>
  if (!phoneCall && softphone.registration === 'elsewhere')
    return <Text c="dimmed">{t('call.inOtherTab')}</Text>
  return (
    <>
      <Button
        className={styles.wide ?? ''}
        size="lg"
        color="pine"
        leftSection={<IconPhone size={20} />}
        rightSection={<kbd className="hint">A</kbd>}
        disabled={!canAnswer}
        loading={phase === 'answering' && answered}
        onClick={() => {
          setAnswered(true)
          softphone.answer()
        }}
        data-testid="answer"
      >
        {t('call.answer')}
      </Button>
      <Button
        size="lg"
        variant="light"
        color="rust"
        leftSection={<IconPhoneX size={20} />}
        rightSection={<kbd className="hint">D</kbd>}
        disabled={!phoneCall}
        onClick={softphone.decline}
        data-testid="decline"
      >
        {t('call.decline')}
      </Button>
    </>
  )
}
