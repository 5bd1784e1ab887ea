import { Button, Loader, Text, Textarea, TextInput } from '@mantine/core'
import { useEffect, useReducer, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inBackground } from '../lib/in-background.ts'
import styles from './client.module.css'
import { openField, reduceField } from './field-state.ts'

/** How long a change by somebody else stays marked. */
const freshMs = 6000

interface Props {
  label: string
  /** What the server has; empty: nothing. */
  value: string
  placeholder?: string
  maxLength: number
  isLong?: boolean
  /** The label is for those who hear the page only. */
  isBare?: boolean
  isNumeric?: boolean
  isReadOnly: boolean
  /** Whether the value was written by this person: then it is no news. */
  isOwn?: (value: string) => boolean
  /** @returns what is wrong, in words; null when it may be saved */
  check?: (text: string) => string | null
  /** @returns what the server says against it, in words; null when it is saved */
  onSave: (text: string) => Promise<string | null>
  /** Empties itself after each saving: for adding to a list. */
  isAdding?: boolean
  testId: string
}

/** A field that is saved when it is left or Enter is pressed; Escape takes it back. What others save shows as it comes. */
export function SavedField(props: Props) {
  const { label, value, onSave, check, isReadOnly, testId, isLong = false } = props
  const { t } = useTranslation()
  const [state, dispatch] = useReducer(reduceField, value, openField)
  const [isSaving, setSaving] = useState(false)
  const isOwnNow = useRef(props.isOwn)
  useEffect(() => {
    isOwnNow.current = props.isOwn
  })
  useEffect(() => dispatch({ type: 'value', value, isOwn: isOwnNow.current?.(value) ?? false }), [value])
  useEffect(() => {
    if (!state.isFresh) return
    const timer = setTimeout(() => dispatch({ type: 'seen' }), freshMs)
    return () => clearTimeout(timer)
  }, [state.isFresh])

  const save = async (): Promise<void> => {
    const text = state.text.trim()
    if (isSaving) return
    if (text === value) {
      dispatch({ type: 'given', value })
      return
    }
    const wrong = check?.(text) ?? null
    if (wrong !== null) {
      dispatch({ type: 'refused', error: wrong })
      return
    }
    setSaving(true)
    const refused = await onSave(text)
    setSaving(false)
    if (refused !== null) dispatch({ type: 'refused', error: refused })
    else if (props.isAdding) dispatch({ type: 'given', value: '' })
    else dispatch({ type: 'sent', text })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      dispatch({ type: 'given', value })
    }
    if (event.key === 'Enter' && (!isLong || event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      inBackground(save())
    }
  }
  const shared = {
    ...(props.isBare ? { 'aria-label': label } : { label }),
    size: 'xs',
    placeholder: isReadOnly ? '' : (props.placeholder ?? ''),
    maxLength: props.maxLength,
    readOnly: isReadOnly,
    value: state.text,
    error: state.error,
    // At the field's own size it would be too small to read.
    errorProps: { fz: 'xs' },
    onFocus: () => dispatch({ type: 'focused', value }),
    onBlur: () => inBackground(save()),
    onKeyDown,
    rightSection: isSaving ? <Loader size={14} /> : null,
    'data-testid': testId
  } as const
  return (
    <div className={styles.field} data-fresh={state.isFresh}>
      {isLong ? (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          maxRows={6}
          onChange={(event) => dispatch({ type: 'typed', text: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          {...shared}
          {...(props.isNumeric && { inputMode: 'tel', classNames: { input: 'num' } })}
          onChange={(event) => dispatch({ type: 'typed', text: event.currentTarget.value })}
        />
      )}
      {state.isFresh && (
        <Text fz="xs" c="dimmed" role="status" data-testid={`${testId}-fresh`}>
          {t('client.changedByOther')}
        </Text>
      )}
      {state.meanwhile !== null && (
        <Text fz="xs" className={styles.meanwhile ?? ''} role="status" data-testid={`${testId}-meanwhile`}>
          {state.meanwhile === ''
            ? t('client.meanwhileEmpty')
            : t('client.meanwhile', { text: state.meanwhile })}{' '}
          <Button
            size="compact-xs"
            variant="subtle"
            // Before the field is left, which would save ours.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => dispatch({ type: 'given', value })}
          >
            {t('client.takeTheirs')}
          </Button>
        </Text>
      )}
    </div>
  )
}
