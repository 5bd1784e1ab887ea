import { Group, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Scenario } from '../../../ivr/simulate.ts'
import { CallerFields, CallTime } from './caller-fields.tsx'
import { anybody, meetingOf, withFacts, withMeeting, type Meeting, type Wanted } from './imagined.ts'
import type { Things } from './use-things.ts'

interface Props {
  scenario: Scenario
  wanted: Wanted
  things: Things
  onChange: (scenario: Scenario) => void
}

/** Who calls, when, and what everybody does. */
export function CallForm({ scenario, wanted, things, onChange }: Props) {
  const { t } = useTranslation()
  const { facts = {} } = scenario
  const meeting = meetingOf(scenario)
  const isKnown = typeof facts.contactId === 'string'
  const meet = (change: Partial<Meeting>): void =>
    onChange(withMeeting(scenario, { ...meeting, ...change }, things.users, things.groupList))
  const people = things.users
    .filter(({ role }) => role !== 'marketer')
    .map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Stack gap={8}>
      <CallerFields name="simulated" size="xs" {...{ scenario, things, onChange }} />
      <Group gap={8} grow align="flex-start">
        <CallTime name="simulated" size="xs" {...{ scenario, onChange }} />
        <TextInput
          size="xs"
          label={t('schemes.simulator.presses')}
          placeholder="1"
          inputMode="tel"
          title={t('schemes.simulator.pressesHelp')}
          value={scenario.presses ?? ''}
          onChange={(event) =>
            onChange({
              ...scenario,
              presses: event.currentTarget.value.replace(/[^0-9*#-]/g, '').slice(0, 100)
            })
          }
          data-testid="simulated-presses"
        />
      </Group>
      <Group gap={8} grow>
        <Select
          size="xs"
          label={t('schemes.simulator.client')}
          data={[
            { value: 'new', label: t('schemes.simulator.newClient') },
            { value: 'known', label: t('schemes.simulator.knownClient') }
          ]}
          value={isKnown ? 'known' : 'new'}
          allowDeselect={false}
          onChange={(kind) => {
            const known = withFacts(scenario, { contactId: kind === 'known' ? 'imagined' : null })
            onChange(
              withMeeting(
                kind === 'known' ? known : { ...known, ownerId: null },
                meeting,
                things.users,
                things.groupList
              )
            )
          }}
        />
        {isKnown && (
          <Select
            size="xs"
            label={t('schemes.simulator.owner')}
            placeholder={t('blocks.none')}
            data={people}
            value={scenario.ownerId ?? null}
            clearable
            searchable
            onChange={(ownerId) =>
              onChange(withMeeting({ ...scenario, ownerId }, meeting, things.users, things.groupList))
            }
          />
        )}
      </Group>
      {wanted.facts.map((fact) => (
        <TextInput
          key={fact}
          size="xs"
          label={t(`blocks.fact.${fact}`)}
          value={facts[fact] ?? ''}
          onChange={(event) =>
            onChange(
              withFacts(scenario, {
                [fact]: event.currentTarget.value === '' ? null : event.currentTarget.value
              })
            )
          }
        />
      ))}
      <div>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('schemes.simulator.operators')}
          data={(['answers', 'silent', 'busy'] as const).map((value) => ({
            value,
            label: t(`schemes.simulator.${value}`)
          }))}
          value={meeting.reaction}
          onChange={(reaction) => meet({ reaction: reaction })}
          data-testid="simulated-operators"
        />
      </div>
      {meeting.reaction === 'answers' && (
        <Group gap={8} grow>
          <Select
            size="xs"
            label={t('schemes.simulator.who')}
            data={[{ value: anybody, label: t('schemes.simulator.anybody') }, ...people]}
            value={meeting.who}
            allowDeselect={false}
            searchable
            onChange={(who) => meet({ who: who ?? anybody })}
          />
          <NumberInput
            size="xs"
            label={t('schemes.simulator.after')}
            min={0}
            max={600}
            value={meeting.afterSeconds}
            onChange={(seconds) => meet({ afterSeconds: typeof seconds === 'number' ? seconds : 0 })}
          />
        </Group>
      )}
      {wanted.hasQueue && (
        <Group gap={8} grow>
          <NumberInput
            size="xs"
            label={t('schemes.simulator.ahead')}
            min={0}
            max={500}
            value={scenario.queue?.ahead ?? 0}
            onChange={(ahead) =>
              onChange({
                ...scenario,
                queue: {
                  turnAfterSeconds: 0,
                  ...scenario.queue,
                  ahead: typeof ahead === 'number' ? ahead : 0
                }
              })
            }
          />
          <NumberInput
            size="xs"
            label={t('schemes.simulator.turn')}
            min={0}
            max={3600}
            value={scenario.queue?.turnAfterSeconds ?? 0}
            onChange={(seconds) =>
              onChange({
                ...scenario,
                queue: {
                  ahead: scenario.queue?.ahead ?? 0,
                  turnAfterSeconds: typeof seconds === 'number' ? seconds : 0
                }
              })
            }
          />
        </Group>
      )}
      {wanted.hasOutside && (
        <Select
          size="xs"
          label={t('schemes.simulator.outside')}
          data={[
            { value: 'noAnswer', label: t('schemes.simulator.outsideNoAnswer') },
            { value: 'answers', label: t('schemes.simulator.outsideAnswers') },
            { value: 'busy', label: t('schemes.simulator.outsideBusy') }
          ]}
          value={scenario.dials?.['*'] ?? 'noAnswer'}
          allowDeselect={false}
          onChange={(result) =>
            onChange({ ...scenario, dialSeconds: 5, dials: { '*': result ?? 'noAnswer' } })
          }
        />
      )}
      {wanted.hasLookup && (
        <Select
          size="xs"
          label={t('schemes.simulator.code')}
          placeholder={t('schemes.simulator.noCode')}
          data={[...new Set(wanted.codes)]}
          value={scenario.lookups?.[0]?.code ?? null}
          clearable
          onChange={(code) =>
            onChange({
              ...scenario,
              lookups:
                code === null ? [] : [{ targets: [], code, text: null, contactName: null, ownerId: null }]
            })
          }
        />
      )}
    </Stack>
  )
}
