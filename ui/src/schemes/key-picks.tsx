import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { blockOf } from '../../../ivr/run.ts'
import { useKeys } from '../lib/use-keys.ts'
import { groups, KindIcon } from './icons.tsx'
import { exitsOf, type Edit, type Editing } from './model.ts'
import { QuickPick } from './quick-pick.tsx'
import { blockWord, exitWord, kindWord } from './words.ts'

type Step =
  { pick: 'kind' } | { pick: 'exit'; block: string } | { pick: 'target'; block: string; exit: string }

/** The end of the call, among ids of blocks: those have no spaces. */
const nowhere = 'the end'

/** B adds a block, L draws a line from the chosen one: by typing, without the mouse. */
export function KeyPicks({
  editing: { scheme, chosen },
  onEdit,
  onAdd
}: {
  editing: Editing
  onEdit: (edit: Edit) => void
  onAdd: (type: string) => void
}) {
  const { t } = useTranslation()
  const [step, setStep] = useState<Step | null>(null)
  const only = chosen.length === 1 ? (chosen[0] ?? null) : null
  const close = (): void => setStep(null)
  useKeys({
    KeyB: () => setStep({ pick: 'kind' }),
    ...(only !== null && { KeyL: () => setStep({ pick: 'exit', block: only }) })
  })
  if (step === null) return null
  if (step.pick === 'kind') {
    const kinds = groups.flatMap(({ types }) => types)
    return (
      <QuickPick
        key="kind"
        title={t('schemes.pick.add')}
        picks={kinds.map((type) => ({
          value: type,
          label: kindWord(type),
          icon: <KindIcon type={type} size={15} />
        }))}
        onPick={(type) => {
          close()
          onAdd(type)
        }}
        onClose={close}
      />
    )
  }
  const block = blockOf(scheme, step.block)
  if (block === null) return null
  if (step.pick === 'exit') {
    return (
      <QuickPick
        key="exit"
        title={t('schemes.pick.exit', { block: blockWord(scheme, step.block) })}
        picks={exitsOf(block).map((exit) => {
          const target = block.exits[exit] ?? null
          return {
            value: exit,
            label: exitWord(block, exit),
            ...(target !== null && { hint: t('schemes.pick.leads', { block: blockWord(scheme, target) }) })
          }
        })}
        onPick={(exit) => setStep({ pick: 'target', block: step.block, exit })}
        onClose={close}
      />
    )
  }
  const { block: from, exit } = step
  return (
    <QuickPick
      key="target"
      title={t('schemes.pick.target', { exit: exitWord(block, exit) })}
      picks={[
        ...Object.entries(scheme.blocks).map(([id, each]) => ({
          value: id,
          label: blockWord(scheme, id),
          hint: id,
          icon: <KindIcon type={each.type} size={15} />
        })),
        { value: nowhere, label: t('schemes.pick.end') }
      ]}
      onPick={(target) => {
        close()
        onEdit({ do: 'connect', block: from, exit, target: target === nowhere ? null : target })
      }}
      onClose={close}
    />
  )
}
