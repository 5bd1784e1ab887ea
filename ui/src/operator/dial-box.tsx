import { ActionIcon, Alert, Button, Group, TextInput } from '@mantine/core'
import { IconBackspace, IconDialpad, IconPhoneOutgoing } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { DialPreview } from '../../../api/contract/desk.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, placeName } from '../lib/format.ts'
import { refusalWord } from '../lib/refusals.ts'
import { useClickToCall } from './click-to-call.tsx'
import { DialList, optionId } from './dial-list.tsx'
import styles from './dial.module.css'
import { Keypad } from './keypad.tsx'
import { useCallees, useDialPreview, type Callee } from './use-dial.ts'

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0']
const listId = 'callees'

/** Whom a number reaches and which number of ours they will see, or why it will not be dialled. */
function Preview({ preview, isNamed }: { preview: DialPreview; isNamed: boolean }) {
  const { t } = useTranslation()
  if (!preview.allowed) {
    return (
      <div className={styles.preview} data-tone="bad" data-testid="dial-preview">
        {refusalWord(preview.reason ?? 'not_placed')}
      </div>
    )
  }
  const { colleague, contact, isEmergency } = preview
  const whom = colleague
    ? [isNamed ? null : colleague.name, t('own.dial.inside')]
    : [
        isEmergency ? t('own.dial.emergency') : null,
        ...(isNamed ? [] : [contact?.name, contact?.company]),
        placeName(preview.region, preview.country)
      ]
  const shown = colleague
    ? null
    : preview.callerId === null
      ? t('own.dial.carrier')
      : t('own.dial.shows', { number: formatPhone(preview.callerId) })
  return (
    <div className={styles.preview} data-testid="dial-preview">
      <span>{whom.filter(Boolean).join(' · ')}</span>
      {shown !== null && <span className={styles.whole}>{shown}</span>}
      {preview.isDoNotCall && <span className={styles.warning}>{t('own.dial.noCalls')}</span>}
    </div>
  )
}

interface Props {
  /** A number that a link asks to call: it waits here for a press, see `call-link.tsx`. */
  asked: string | null
  /** Somebody has come to type a number. */
  isWanted: boolean
  onDone: () => void
}

/** Types a number or a name, chooses with the arrows, and calls. What may not be called says so before it is dialled. */
export function DialBox({ asked, isWanted, onDone }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState(asked ?? '')
  const [hasKeys, setKeys] = useState(false)
  const [isFocused, setFocused] = useState(false)
  // While nothing is typed no line is chosen: Enter calls none of the last numbers by mistake.
  const [place, setPlace] = useState(-1)
  const button = useRef<HTMLButtonElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const call = useClickToCall()
  const isTyped = text.trim() !== ''
  const isOpen = asked === null && (isFocused || (hasKeys && isTyped))
  const { callees, isPending } = useCallees(text, isOpen)
  const index = Math.min(place, callees.length - 1)
  const chosen = callees[index] ?? null
  const to = asked !== null ? text.trim() : (chosen?.to ?? null)
  const preview = useDialPreview(to === '' ? null : to)

  useEffect(() => {
    // One press confirms it, by mouse or Enter.
    if (asked !== null) button.current?.focus()
    else if (isWanted) field.current?.focus()
  }, [asked, isWanted])
  const type = (next: string): void => {
    setText(next)
    setPlace(next.trim() === '' ? -1 : 0)
    if (asked !== null) onDone()
    if (call.isError) call.reset()
  }
  const start = (number: string, contactId?: string | null): void =>
    call.mutate(
      { to: number, contactId },
      {
        onSuccess: () => {
          setText('')
          setPlace(-1)
          onDone()
        }
      }
    )
  const callOne = (callee: Callee): void =>
    start(callee.to, callee.kind === 'client' ? callee.found.contactId : null)
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (asked !== null) start(text.trim())
    else if (chosen) callOne(chosen)
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && isOpen) {
      event.preventDefault()
      const next = Math.max(0, Math.min(callees.length - 1, place + step))
      setPlace(next)
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key !== 'Escape') return
    if (text === '') field.current?.blur()
    else type('')
  }
  const isListed = isOpen && callees.length > 0
  return (
    <section className={`sheet ${styles.box}`} aria-label={t('dial.title')} data-testid="dial-box">
      {asked !== null && (
        <Alert color="amber" p="xs" mb={10} role="status" data-testid="dial-asked">
          {t('own.dial.link')}
        </Alert>
      )}
      <form onSubmit={onSubmit}>
        <Group gap={8} wrap="nowrap" align="flex-start">
          <TextInput
            ref={field}
            style={{ flex: 1, minWidth: 0 }}
            type="text"
            inputMode="tel"
            autoComplete="off"
            placeholder={t('own.dial.placeholder')}
            aria-label={t('own.dial.label')}
            role="combobox"
            aria-expanded={isListed}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={isListed && chosen ? optionId(index) : undefined}
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
            onFocus={() => {
              setFocused(true)
              setPlace(text.trim() === '' ? -1 : 0)
            }}
            onBlur={() => setFocused(false)}
            onKeyDown={onKey}
            rightSection={
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('own.dial.keypad')}
                aria-expanded={hasKeys}
                onClick={() => setKeys(!hasKeys)}
                data-testid="dial-keys"
              >
                <IconDialpad size={17} />
              </ActionIcon>
            }
            data-key="dial"
            data-testid="dial-input"
          />
          <Button
            ref={button}
            type="submit"
            leftSection={<IconPhoneOutgoing size={17} />}
            disabled={to === null || to === ''}
            loading={call.isPending}
            data-testid="dial-call"
          >
            {t('dial.call')}
          </Button>
        </Group>
      </form>
      {hasKeys && (
        <div style={{ marginTop: 10 }}>
          <Keypad keys={keys} onPress={(digit) => type(text + digit)}>
            <Button
              variant="default"
              size="md"
              onClick={() => type(text.slice(0, -1))}
              aria-label={t('own.dial.erase')}
              data-testid="key-erase"
            >
              <IconBackspace size={19} />
            </Button>
          </Keypad>
        </div>
      )}
      {call.isError ? (
        <Alert color="rust" p="xs" mt={10} role="alert" data-testid="dial-error">
          {explain(call.error)}
        </Alert>
      ) : (
        preview &&
        isTyped && (
          <Preview preview={preview} isNamed={asked === null && chosen !== null && chosen.kind !== 'typed'} />
        )
      )}
      {isOpen && (
        <div className={hasKeys ? '' : styles.float}>
          {isListed && (
            <DialList
              id={listId}
              label={t(isTyped ? 'own.dial.found' : 'own.dial.recent')}
              callees={callees}
              chosen={chosen ? index : -1}
              onCall={callOne}
            />
          )}
          {isTyped && callees.length === 0 && (
            <p className={styles.hint} role="status">
              {t(isPending ? 'own.dial.searching' : 'own.dial.nobody')}
            </p>
          )}
        </div>
      )}
    </section>
  )
}
