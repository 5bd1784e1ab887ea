import { Button, Group, Text } from '@mantine/core'
import { IconArrowsUpDown, IconCheck, IconUsers, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { clock, secondsSince } from '../lib/format.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useNow } from '../lib/use-now.ts'
import styles from './call-card.module.css'
import { useWish } from './wishes.ts'

/** One of the two whom the owner may speak with, and which of the two it is now. */
function Side({ name, word, isNow }: { name: string; word: string; isNow: boolean }) {
  return (
    <div className={styles.side} data-now={isNow}>
      <Text fw={600} className="cut">
        {name}
      </Text>
      <Text fz="sm" c="dimmed">
        {word}
      </Text>
    </div>
  )
}

/** A warm transfer under way: who is asked, how far it is, and what can be done at this moment. */
export function ConsultBar({ call, clientName }: { call: LiveCall; clientName: string }) {
  const { t } = useTranslation()
  const now = useNow()
  const wish = useWish(call.id)
  const { consult } = call
  const path = wish.isPending ? wish.variables.path : null
  const isTalking = consult?.stage === 'talking'
  const keys = {
    KeyC: consult ? () => wish.mutate({ path: 'complete-transfer' }) : undefined,
    KeyX: consult ? () => wish.mutate({ path: 'cancel-transfer' }) : undefined,
    KeyS: isTalking ? () => wish.mutate({ path: 'swap' }) : undefined,
    KeyJ: isTalking ? () => wish.mutate({ path: 'join' }) : undefined
  }
  useKeys(keys, 'call')
  if (!consult) return null
  const isWithClient = consult.side === 'client' && isTalking
  const otherWord = isTalking
    ? t(isWithClient ? 'transfer.waits' : 'transfer.speaks')
    : `${t(`transfer.stage.${consult.stage}`)} ${clock(secondsSince(consult.since, now))}`
  return (
    <div className={styles.consult} data-testid="consult" data-stage={consult.stage} data-side={consult.side}>
      <div className={styles.sides} aria-live="polite">
        <Side
          name={clientName}
          word={t(isWithClient ? 'transfer.speaks' : 'transfer.hearsMusic')}
          isNow={isWithClient}
        />
        <Side
          name={consult.name ?? t('transfer.searching')}
          word={otherWord}
          isNow={isTalking && !isWithClient}
        />
      </div>
      <Group gap={8}>
        <Button
          color="pine"
          size="xs"
          h={34}
          leftSection={<IconCheck size={16} />}
          rightSection={<kbd className="hint">C</kbd>}
          loading={path === 'complete-transfer'}
          onClick={() => wish.mutate({ path: 'complete-transfer' })}
          data-testid="complete-transfer"
        >
          {t(isTalking ? 'transfer.complete' : 'transfer.completeNow')}
        </Button>
        {isTalking && (
          <>
            <Button
              variant="default"
              size="xs"
              h={34}
              leftSection={<IconArrowsUpDown size={16} />}
              rightSection={<kbd className="hint">S</kbd>}
              loading={path === 'swap'}
              onClick={() => wish.mutate({ path: 'swap' })}
              data-testid="swap"
            >
              {t('transfer.swap')}
            </Button>
            <Button
              variant="default"
              size="xs"
              h={34}
              leftSection={<IconUsers size={16} />}
              rightSection={<kbd className="hint">J</kbd>}
              loading={path === 'join'}
              onClick={() => wish.mutate({ path: 'join' })}
              data-testid="join-all"
            >
              {t('transfer.join')}
            </Button>
          </>
        )}
        <Button
          variant="subtle"
          color="rust"
          size="xs"
          h={34}
          leftSection={<IconX size={16} />}
          rightSection={<kbd className="hint">X</kbd>}
          loading={path === 'cancel-transfer'}
          onClick={() => wish.mutate({ path: 'cancel-transfer' })}
          data-testid="cancel-transfer"
        >
          {t('transfer.cancel')}
        </Button>
      </Group>
    </div>
  )
}
