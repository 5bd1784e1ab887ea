import { Combobox, Modal, Stack, Text, TextInput, useCombobox } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export interface Pick {
  value: string
  label: string
  /** Said beside it. */
  hint?: string
  icon?: ReactNode
}

/** One of many, by typing a part of its name: for hands that stay on the keyboard. */
export function QuickPick({
  title,
  picks,
  onPick,
  onClose
}: {
  title: string
  picks: readonly Pick[]
  onPick: (value: string) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const combobox = useCombobox({ opened: true })
  const wanted = typed.trim().toLowerCase()
  const shown = picks.filter(({ label }) => label.toLowerCase().includes(wanted))
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="sm"
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="quick-pick"
    >
      <Combobox store={combobox} withinPortal={false} onOptionSubmit={onPick}>
        <Stack gap={8}>
          <Combobox.EventsTarget>
            <TextInput
              data-autofocus
              // The trap of the dialog takes focus a moment later, and a quick hand's Enter would be lost.
              autoFocus
              aria-label={title}
              placeholder={t('schemes.pick.find')}
              value={typed}
              onChange={(event) => {
                setTyped(event.currentTarget.value)
                combobox.resetSelectedOption()
              }}
              onKeyDown={(event) => {
                // Without a choice by the arrows, Enter takes the first that fits.
                const [first] = shown
                if (event.key !== 'Enter' || event.nativeEvent.isComposing || !first) return
                if (combobox.getSelectedOptionIndex() < 0) {
                  event.preventDefault()
                  onPick(first.value)
                }
              }}
              data-testid="quick-pick-find"
            />
          </Combobox.EventsTarget>
          <Combobox.Options aria-label={title} mah={320} style={{ overflowY: 'auto' }}>
            {shown.map(({ value, label, hint, icon }) => (
              <Combobox.Option key={value} value={value} data-testid={`pick-${value}`}>
                <span style={{ alignItems: 'center', display: 'flex', gap: 8 }}>
                  {icon}
                  <span className="cut">{label}</span>
                  {hint !== undefined && (
                    <Text span fz="xs" c="dimmed" ml="auto" className="cut">
                      {hint}
                    </Text>
                  )}
                </span>
              </Combobox.Option>
            ))}
            {shown.length === 0 && <Combobox.Empty>{t('schemes.pick.nothing')}</Combobox.Empty>}
          </Combobox.Options>
        </Stack>
      </Combobox>
    </Modal>
  )
}
