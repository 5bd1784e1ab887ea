import { Button, Select, Text, TextInput } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CrmPath } from '../../../api/contract/crm.ts'
import { inquiryChannels } from '../lib/words.ts'
import styles from './crm.module.css'

const words = ['source', 'medium', 'campaign', 'keyword'] as const

interface Props {
  path: CrmPath
  /** What tracking says; undefined where that is not asked. */
  tracked?: CrmPath | null
  isReadOnly: boolean
  onSave: (change: Partial<CrmPath>) => void
}

/** A text that is saved when the field is left. */
export function SavedText(props: {
  label: string
  value: string | null
  isReadOnly: boolean
  onSave: (value: string | null) => void
  maxLength?: number
  testId?: string
}) {
  const { label, value, isReadOnly, onSave, maxLength = 300, testId } = props
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  return (
    <TextInput
      size="xs"
      label={label}
      value={text}
      readOnly={isReadOnly}
      maxLength={maxLength}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
      onBlur={() => {
        const wanted = text.trim() || null
        if (wanted !== (value ?? null)) onSave(wanted)
      }}
      data-testid={testId}
    />
  )
}

/** By what somebody came: people's words in fields, and beside them what tracking says. */
export function PathFields({ path, tracked, isReadOnly, onSave }: Props) {
  const { t } = useTranslation()
  const isSame = tracked
    ? tracked.inquiryChannel === path.inquiryChannel && words.every((word) => tracked[word] === path[word])
    : true
  return (
    <section>
      <div className="eyebrow">{t('crm.source.title')}</div>
      <div className={styles.two}>
        <Select
          size="xs"
          label={t('crm.source.channel')}
          data={inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))}
          value={path.inquiryChannel}
          readOnly={isReadOnly}
          clearable={!isReadOnly}
          onChange={(value) =>
            onSave({ inquiryChannel: inquiryChannels.find((each) => each === value) ?? null })
          }
        />
        {words.map((word) => (
          <SavedText
            key={word}
            label={t(`crm.source.${word}`)}
            value={path[word]}
            isReadOnly={isReadOnly}
            onSave={(value) => onSave({ [word]: value })}
            testId={`path-${word}`}
          />
        ))}
      </div>
      {tracked !== undefined && (
        <div className={styles.tracked} data-testid="tracked">
          <IconRoute size={15} aria-hidden />
          <Text fz="sm" c="dimmed">
            {t('crm.source.tracked')}:{' '}
            {tracked
              ? [
                  tracked.inquiryChannel && t(`inquiryChannel.${tracked.inquiryChannel}`),
                  ...words.map((word) => tracked[word])
                ]
                  .filter(Boolean)
                  .join(' → ')
              : t('crm.source.none')}
          </Text>
          {tracked && !isSame && !isReadOnly && (
            <Button size="compact-xs" variant="subtle" onClick={() => onSave(tracked)}>
              {t('crm.source.reset')}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
