import './styles.ts'
import { Accordion, Alert, Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ComponentType, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trunk } from '../../../api/contract/trunks.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { ChangedMeanwhile, meanwhileOf, type Meanwhile } from '../lib/meanwhile.tsx'
import { merge, type Merge } from '../lib/merge.ts'
import { useFaultWord, useFieldWord, type SectionProps } from './form-kit.ts'
import {
  bodyOf,
  faultsOf,
  fieldsOf,
  isOfForm,
  sections,
  sectionWith,
  type Section,
  type TrunkFields
} from './form-values.ts'
import { presetCalled, presets } from './presets.ts'
import { CalledSection } from './section-called.tsx'
import { CallsSection } from './section-calls.tsx'
import { ConnectionSection } from './section-connection.tsx'
import { OutgoingSection } from './section-outgoing.tsx'
import { SecuritySection } from './section-security.tsx'
import styles from './trunks.module.css'

const pages: Readonly<Record<Section, ComponentType<SectionProps>>> = {
  connection: ConnectionSection,
  calls: CallsSection,
  outgoing: OutgoingSection,
  called: CalledSection,
  security: SecuritySection
}

interface Props {
  /** Null makes a new one. */
  trunk: Trunk | null
  onSaved: (trunk: Trunk) => void
  /** Without it there is nowhere to go back to, and no Cancel. */
  onCancel?: () => void
}

/** The form of a trunk: carrier first, then its sections; what is wrong stands at its field. */
export function TrunkForm({ trunk, onSaved, onCancel }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const faultWord = useFaultWord()
  const fieldWord = useFieldWord()
  const [fields, setFields] = useState(() => fieldsOf(trunk))
  /** What the fields were made from; what somebody else saved, once they were first. */
  const [from, setFrom] = useState(trunk)
  const [theirs, setTheirs] = useState<(Omit<Merge<TrunkFields>, 'merged'> & Meanwhile<Trunk>) | null>(null)
  const [isTried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const notice = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<string[]>(['connection'])
  const set = (change: Partial<TrunkFields>): void => setFields((old) => ({ ...old, ...change }))

  const save = useMutation({
    mutationFn: () =>
      from
        ? api<Trunk>('PATCH', `/api/trunks/${from.id}`, bodyOf(fields), {
            'if-match': `"${from.updatedAt}"`
          })
        : api<Trunk>('POST', '/api/trunks', bodyOf(fields)),
    onSuccess: async (saved) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['all'] }),
        client.invalidateQueries({ queryKey: ['trunk-states'] })
      ])
      onSaved(saved)
    },
    onError: (error) => {
      const other = meanwhileOf<Trunk>(error)
      if (other && from) take(other, from)
      else show(Object.keys(fieldErrors(error)))
    }
  })
  /** Puts what somebody else has saved into the form, beside what was changed in it. */
  const take = (other: Meanwhile<Trunk>, before: Trunk): void => {
    const { merged, ...found } = merge(fieldsOf(before), fields, fieldsOf(other.item))
    const [taken, both] = [found.taken.filter(isOfForm), found.both.filter(isOfForm)]
    setFrom(other.item)
    setFields(merged)
    setTheirs({ ...other, taken, both })
    setOpen((old) => [...new Set([...old, ...[...taken, ...both].map(sectionWith)])])
  }
  const refusal = save.isError && meanwhileOf(save.error) === null ? save.error : null
  useEffect(() => {
    // Whoever has pressed Save is at the other end of a long form.
    const isAtField = refusal !== null && Object.keys(fieldErrors(refusal)).length > 0
    if ((theirs || refusal) && !isAtField) notice.current?.scrollIntoView({ block: 'start' })
  }, [theirs, refusal])
  /** Opens the sections of fields that are at fault. */
  const show = (paths: readonly string[]): void => {
    setOpen((old) => [...new Set([...old, ...paths.map(sectionWith)])])
    // Once they are drawn.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 50)
  }

  const faults = isTried ? faultsOf(fields) : {}
  const answered = fieldErrors(save.error)
  const errorOf = (path: string): string | undefined => {
    const fault = faults[path]
    if (fault) return faultWord(fault)
    return answered[path] ?? Object.entries(answered).find(([key]) => key.startsWith(`${path}.`))?.[1]
  }
  const badIn = (section: Section): number =>
    [...Object.keys(faults), ...Object.keys(answered)].filter(
      (path) => path !== 'name' && sectionWith(path) === section
    ).length

  const choose = (name: string | null): void => {
    const preset = presetCalled(name)
    if (!preset) return
    const title = preset.brand ?? ''
    set({ ...preset.values, preset: preset.name, name: fields.name.trim() === '' ? title : fields.name })
  }
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    // A form within another one's page must not send that too.
    event.stopPropagation()
    setTried(true)
    const wrong = Object.keys(faultsOf(fields))
    if (wrong.length > 0) show(wrong)
    else save.mutate()
  }
  const preset = presetCalled(fields.preset)
  return (
    <form ref={form} onSubmit={onSubmit} noValidate data-testid="trunk-form">
      <Stack gap="sm">
        <div ref={notice} className={styles.notice ?? ''}>
          {theirs && (
            <ChangedMeanwhile
              by={theirs}
              taken={theirs.taken.map(fieldWord)}
              both={theirs.both.map(fieldWord)}
              onReload={() => {
                setFields(fieldsOf(theirs.item))
                setTheirs(null)
                save.reset()
              }}
            />
          )}
          {refusal && (
            <Alert color="rust" role="alert">
              {explain(refusal)}
            </Alert>
          )}
        </div>
        <Select
          label={t('trunks.field.preset')}
          placeholder={t('trunks.choosePreset')}
          data={(['any', 'ru', 'world'] as const).map((group) => ({
            group: t(`trunks.presetGroup.${group}`),
            items: presets
              .filter((one) => one.group === group)
              .map(({ name, brand }) => ({ value: name, label: brand ?? presetWord(name) }))
          }))}
          searchable
          value={fields.preset}
          onChange={choose}
          data-testid="field-preset"
        />
        {preset && (
          <Text size="xs" c="dimmed" data-testid="preset-hint">
            {t(`trunks.presetHint.${preset.hint}`)} {t('trunks.presetStart')}
          </Text>
        )}
        <TextInput
          label={t('trunks.field.name')}
          value={fields.name}
          error={errorOf('name')}
          required
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-testid="field-name"
        />
        <Accordion
          multiple
          value={open}
          onChange={setOpen}
          variant="separated"
          chevronPosition="left"
          className={styles.accordion ?? ''}
        >
          {sections.map((section) => {
            const Page = pages[section]
            const bad = badIn(section)
            return (
              <Accordion.Item key={section} value={section} data-testid={`section-${section}`}>
                <Accordion.Control>
                  <span className={styles.sectionTitle}>
                    <Text fw={600} component="span">
                      {t(`trunks.section.${section}`)}
                    </Text>
                    {bad > 0 ? (
                      <span className={styles.bad}>{t('trunks.lookHere', { count: bad })}</span>
                    ) : (
                      <span className={styles.sectionNow}>{t(`trunks.sectionText.${section}`)}</span>
                    )}
                  </span>
                </Accordion.Control>
                <Accordion.Panel>
                  {open.includes(section) && (
                    <Page fields={fields} set={set} errorOf={errorOf} hasSecret={trunk?.hasSecret ?? false} />
                  )}
                </Accordion.Panel>
              </Accordion.Item>
            )
          })}
        </Accordion>
        <div className={styles.foot}>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button type="submit" loading={save.isPending} data-testid="trunk-save">
            {t(trunk ? 'common.save' : 'trunks.create')}
          </Button>
        </div>
      </Stack>
    </form>
  )

  function presetWord(name: string): string {
    return t(name === 'address' ? 'trunks.preset.address' : 'trunks.preset.registration')
  }
}
