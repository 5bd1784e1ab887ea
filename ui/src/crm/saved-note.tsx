import { Textarea } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  value: string | null
  isReadOnly: boolean
  onSave: (note: string | null) => void
}

/** A note that is saved when the field is left. */
export function SavedNote({ value, isReadOnly, onSave }: Props) {
  const { t } = useTranslation()
  const [note, setNote] = useState(value ?? '')
  useEffect(() => setNote(value ?? ''), [value])
  return (
    <section>
      <div className="eyebrow">{t('crm.note')}</div>
      <Textarea
        aria-label={t('crm.note')}
        placeholder={isReadOnly ? '' : t('crm.notePlaceholder')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={5000}
        readOnly={isReadOnly}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onBlur={() => {
          const wanted = note.trim() || null
          if (wanted !== value) onSave(wanted)
        }}
        data-testid="crm-note"
      />
    </section>
  )
}
