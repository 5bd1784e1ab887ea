import { Alert, Button, Chip, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeCheckRecord } from '../../../api/contract/schemes.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Scenario, Simulation } from '../../../ivr/simulate.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { groupOf } from './icons.tsx'
import { blockWord } from './words.ts'

interface Props {
  schemeId: string
  scheme: Scheme
  scenario: Scenario
  simulation: Simulation
  names: readonly string[]
  onClose: () => void
}

/** Makes a check of the call as it goes now. */
export function CheckForm({ schemeId, scheme, scenario, simulation, names, onClose }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const passed = [
    ...new Set(simulation.path.flatMap(({ scheme: other, block }) => (other === null ? [block] : [])))
  ]
  // Whom the call reaches is what matters; sounds and marks on the way may come and go.
  const [through, setThrough] = useState(() =>
    passed.filter((id) => groupOf(scheme.blocks[id]?.type ?? '') === 'people')
  )
  const save = useMutation({
    mutationFn: () =>
      api<SchemeCheckRecord>('POST', '/api/scheme-checks', {
        schemeId,
        name: name.trim(),
        scenario,
        expected: { outcome: simulation.outcome, through: passed.filter((id) => through.includes(id)) }
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['scheme-checks', schemeId] })
      onClose()
    }
  })
  const isTaken = names.includes(name.trim())
  return (
    <Paper
      component="form"
      withBorder
      p="sm"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '' && !isTaken) save.mutate()
      }}
      data-testid="check-form"
    >
      <Stack gap={8}>
        <Text fz="xs" c="dimmed">
          {t('schemes.simulator.saveText')}
        </Text>
        <TextInput
          size="xs"
          label={t('schemes.simulator.checkName')}
          required
          maxLength={200}
          autoFocus
          value={name}
          error={isTaken ? t('blocks.fault.once') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="check-name"
        />
        <Text fz="xs" fw={560}>
          {t('schemes.simulator.through')}
        </Text>
        <Chip.Group multiple value={through} onChange={setThrough}>
          <Group gap={6}>
            {passed.map((id) => (
              <Chip key={id} value={id} size="xs" variant="outline">
                {blockWord(scheme, id)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        {save.isError && (
          <Alert color="rust" role="alert">
            {explain(save.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap={6}>
          <Button size="xs" variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button size="xs" type="submit" loading={save.isPending} data-testid="check-save">
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
