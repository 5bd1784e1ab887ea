import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core'
import { IconPhone, IconPhoneCheck, IconPhoneOff, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Scenario } from '../../../ivr/simulate.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { CallerFields, CallTime } from './caller-fields.tsx'
import type { TestCall } from './use-test-call.ts'
import type { Things } from './use-things.ts'
import { blockWord } from './words.ts'
import styles from './schemes.module.css'

interface DialogProps {
  schemeId: string
  /** The imagined call: the same client may be played by telephone. */
  scenario: Scenario
  things: Things
  test: TestCall
  /** Saves what is drawn; null when that failed. */
  flush: () => Promise<number | null>
  onScenario: (scenario: Scenario) => void
  onClose: () => void
}

/** Who is played, and when; then the telephone rings. */
export function TestCallDialog(props: DialogProps) {
  const { schemeId, scenario, things, test, flush, onScenario, onClose } = props
  const { t } = useTranslation()
  const [isNow, setNow] = useState(true)
  const [isReal, setReal] = useState(false)
  const { facts = {} } = scenario
  const start = useMutation({
    mutationFn: async () => {
      // The server leads through what it has.
      if ((await flush()) === null) throw new Error(t('schemes.unsaved'))
      await test.start(schemeId, {
        callerNumber: facts.callerNumber ?? null,
        numberId: facts.numberId ?? null,
        sourceId: facts.sourceId ?? null,
        ...(!isNow && { at: new Date(scenario.atMs).toISOString() }),
        isReal
      })
    },
    onSuccess: onClose
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('schemes.test.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="test-call-dialog"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <Stack gap="sm">
          <Text fz="sm" c="dimmed">
            {t('schemes.test.text')}
          </Text>
          <CallerFields name="test" size="sm" {...{ scenario, things }} onChange={onScenario} />
          <Group gap={12} align="flex-end" wrap="nowrap">
            <CallTime name="test" size="sm" scenario={scenario} isOff={isNow} onChange={onScenario} />
            <Switch
              mb={8}
              label={t('schemes.test.now')}
              checked={isNow}
              onChange={(event) => setNow(event.currentTarget.checked)}
              data-testid="test-now"
            />
          </Group>
          <Switch
            label={t('schemes.test.real')}
            description={t(isReal ? 'schemes.test.realOn' : 'schemes.test.realOff')}
            checked={isReal}
            onChange={(event) => setReal(event.currentTarget.checked)}
            data-testid="test-real"
          />
          {start.error && (
            <Text c="rust" fz="sm" role="alert" data-testid="test-refused">
              {explain(start.error)}
            </Text>
          )}
          <Button
            type="submit"
            leftSection={<IconPhone size={16} />}
            loading={start.isPending}
            data-testid="test-start"
          >
            {t('schemes.test.start')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}

/** Blocks in which somebody else would be called. */
const calling: ReadonlySet<string> = new Set(['ring', 'queue', 'external', 'lookup'])

/** Over the canvas while a draft is tried out: where the call stands, and what is done for those it would ring. */
export function TestCallBar({ scheme, test }: { scheme: Scheme; test: TestCall }) {
  const { t } = useTranslation()
  const { running, call, isOver, at } = test
  if (!running) return null
  const isAsking = !running.isReal && call?.step !== null && calling.has(call?.step?.blockType ?? '')
  const does = (what: () => Promise<void>): void =>
    inBackground(what().catch((error: unknown) => toast('rust', explain(error))))
  const words = isOver
    ? t('schemes.test.over')
    : at === null
      ? t('schemes.test.rings')
      : t('schemes.test.at', { block: blockWord(scheme, at) })
  return (
    <div
      className={styles.testBar}
      role="status"
      data-testid="test-bar"
      data-at={at ?? ''}
      data-over={isOver || undefined}
    >
      <span className={styles.testMark}>{t('schemes.test.mark')}</span>
      <Text span fz="sm" className="cut">
        {words}
      </Text>
      <Group gap={6} ml="auto" wrap="nowrap">
        {isAsking && !isOver && (
          <>
            <Button
              size="compact-sm"
              color="pine"
              leftSection={<IconPhoneCheck size={14} />}
              onClick={() => does(() => test.play('answers'))}
              data-testid="test-answers"
            >
              {t('schemes.test.answers')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => does(() => test.play('declines'))}
              data-testid="test-declines"
            >
              {t('schemes.test.declines')}
            </Button>
          </>
        )}
        {isOver ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconX size={14} />}
            onClick={test.close}
            data-testid="test-close"
          >
            {t('schemes.test.close')}
          </Button>
        ) : (
          <Button
            size="compact-sm"
            color="rust"
            variant="light"
            leftSection={<IconPhoneOff size={14} />}
            onClick={() => does(test.hangUp)}
            data-testid="test-hangup"
          >
            {t('schemes.test.hangUp')}
          </Button>
        )}
      </Group>
    </div>
  )
}
