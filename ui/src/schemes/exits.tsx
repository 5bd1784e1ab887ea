import { Select, Stack, Text } from '@mantine/core'
import { memo, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { exitsOf, type Edit } from './model.ts'
import type { Choice } from './use-things.ts'
import { exitWord, kindWord, labelOf } from './words.ts'

interface Props {
  id: string
  block: SchemeBlock
  /** Whose blocks can be led to; some letters behind while a name is typed. */
  drawn: Scheme
  onEdit: (edit: Edit) => void
}

/** Where each exit leads: the same lines as on the canvas, for the keyboard. */
export function Exits({ id, block, drawn, onEdit }: Props) {
  const { t, i18n } = useTranslation()
  const targets = useMemo(() => targetsIn(drawn), [drawn, i18n.language])
  const lead = useCallback(
    (exit: string, target: string | null): void => onEdit({ do: 'connect', block: id, exit, target }),
    [id, onEdit]
  )
  const exits = exitsOf(block)
  if (exits.length === 0) return null
  return (
    <Stack gap={6} mt={6}>
      <Text className="eyebrow">{t('schemes.block.exits')}</Text>
      {exits.map((exit) => (
        <Exit
          key={exit}
          {...{ exit, targets, lead }}
          label={exitWord(block, exit)}
          target={block.exits[exit] ?? null}
        />
      ))}
    </Stack>
  )
}

const Exit = memo(function Exit({
  exit,
  label,
  target,
  targets,
  lead
}: {
  exit: string
  label: string
  target: string | null
  targets: Choice[]
  lead: (exit: string, target: string | null) => void
}) {
  const { t } = useTranslation()
  return (
    <Select
      size="xs"
      label={label}
      placeholder={t('schemes.block.end')}
      data={targets}
      value={target}
      clearable
      searchable
      // A large scheme has hundreds of them, for each exit: only in the page while they are looked at.
      comboboxProps={{ keepMounted: false }}
      onChange={(next) => lead(exit, next)}
      data-testid={`leads-${exit}`}
    />
  )
})

/** All blocks by name; two of one name are told apart by their ids. */
function targetsIn({ blocks }: Scheme): Choice[] {
  const names = new Map<string, number>()
  for (const block of Object.values(blocks)) {
    names.set(labelOf(block), (names.get(labelOf(block)) ?? 0) + 1)
  }
  return Object.entries(blocks).map(([id, block]) => {
    const [word, kind] = [labelOf(block), kindWord(block.type)]
    const isShared = (names.get(word) ?? 0) > 1
    return { value: id, label: isShared ? `${word} (${id})` : word === kind ? word : `${word} · ${kind}` }
  })
}
