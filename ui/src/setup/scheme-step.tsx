import '@mantine/core/styles/SimpleGrid.css'
import { Button, Select, SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import { IconTemplate } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Group, SchemeRecord, TrackingNumber } from '../../../api/contract/config.ts'
import type { SetupState } from '../../../api/contract/setup.ts'
import { templates, type TemplateGroup } from '../../../ivr/template-list.ts'
import { api } from '../lib/api.ts'
import { formatPhone } from '../lib/format.ts'
import { useAll } from '../lib/lookups.ts'
import { useMe } from '../session/session.ts'
import styles from './setup.module.css'
import { SchemePreview } from './scheme-preview.tsx'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'

/** Those that need nothing but people: sites come later. */
const offered = templates.filter(({ hasSites }) => !hasSites)
type TemplateId = (typeof templates)[number]['id']
const fresh = 'new'

/** A way of calls out of a template: shown, published, and bound to the number. */
export function SchemeStep({ state, ...frame }: StepProps & { state: SetupState }) {
  const { t } = useTranslation()
  const numbers = useOwn<TrackingNumber>('numbers')
  const schemes = useAll<SchemeRecord>('schemes')
  const [isAnother, setAnother] = useState(false)
  const number = numbers.find(({ schemeId }) => schemeId === null) ?? numbers.at(0) ?? null
  const routed = numbers.find(({ schemeId }) => schemeId !== null)
  const scheme = schemes.data?.find(({ id }) => id === routed?.schemeId)
  if (state.steps.scheme === 'done' && !isAnother && routed) {
    return (
      <StepFrame
        {...frame}
        name="scheme"
        title={t('wizard.scheme.title')}
        text={t('wizard.scheme.text')}
        isDone
      >
        {scheme && (
          <>
            <Text>{t('wizard.scheme.there', { number: formatPhone(routed.e164), name: scheme.name })}</Text>
            <SchemePreview scheme={scheme.draft} label={t('wizard.scheme.preview')} />
          </>
        )}
        <div className={styles.buttons}>
          {scheme && (
            <Button component={Link} to={`/schemes/${scheme.id}`} variant="default">
              {t('wizard.scheme.edit')}
            </Button>
          )}
          <Button variant="subtle" onClick={() => setAnother(true)}>
            {t('wizard.scheme.another')}
          </Button>
        </div>
      </StepFrame>
    )
  }
  return <Chooser {...frame} number={number} zone={state.timeZone} />
}

type Chosen = Partial<Record<TemplateGroup, string>>

function Chooser({ number, zone, ...frame }: StepProps & { number: TrackingNumber | null; zone: string }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const groups = useAll<Group>('groups').data ?? []
  const [id, setId] = useState<TemplateId>('simple')
  const [chosen, setChosen] = useState<Chosen>({})
  /** What an attempt has made before something went wrong: the next goes on from there. */
  const made = useRef<{ groups: Chosen; scheme?: { id: string; of: string } }>({ groups: {} })
  const locale = i18n.language === 'en' ? 'en' : 'ru'
  const template = offered.find((each) => each.id === id)
  const nameOf = (group: TemplateGroup): string =>
    group === 'main' ? t('wizard.scheme.mainGroup') : t(`schemes.new.group.${group}`)
  const groupIdOf = (group: TemplateGroup): string =>
    chosen[group] ?? groups.find(({ name }) => name === nameOf(group))?.id ?? fresh
  const drawn = useMemo(
    () => template?.make({ locale, timeZone: zone, groups: {} }) ?? null,
    [template, locale, zone]
  )

  const groupFor = async (group: TemplateGroup): Promise<string> => {
    const known = made.current.groups[group] ?? groupIdOf(group)
    if (known !== fresh) return known
    const body = { name: nameOf(group), memberIds: [me.id] }
    const { id: groupId } = await api<Group>('POST', '/api/groups', body)
    made.current.groups[group] = groupId
    return groupId
  }
  const publish = useMutation({
    async mutationFn() {
      if (!template) return
      const ids: Chosen = {}
      for (const group of template.groups) ids[group] = await groupFor(group)
      const draft = template.make({ locale, timeZone: zone, groups: ids })
      const of = JSON.stringify(draft)
      if (made.current.scheme?.of !== of) {
        const name = t(`schemes.template.${id}`)
        const scheme = await api<SchemeRecord>('POST', '/api/schemes', { name, draft })
        made.current.scheme = { id: scheme.id, of }
      }
      const schemeId = made.current.scheme.id
      await api('POST', `/api/schemes/${schemeId}/publish`)
      if (number) await api('PATCH', `/api/numbers/${number.id}`, { schemeId })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      frame.onNext('done')
    }
  })
  return (
    <StepFrame
      {...frame}
      name="scheme"
      title={t('wizard.scheme.title')}
      text={t('wizard.scheme.text')}
      isDone={false}
      error={publish.error}
      action={{ label: t('wizard.scheme.publish'), isBusy: publish.isPending, run: () => publish.mutate() }}
    >
      <SimpleGrid
        cols={{ base: 1, xs: 2, md: 3 }}
        spacing={8}
        role="radiogroup"
        aria-label={t('wizard.scheme.title')}
      >
        {offered.map((each) => (
          <UnstyledButton
            key={each.id}
            className={styles.card ?? ''}
            role="radio"
            aria-checked={each.id === id}
            onClick={() => setId(each.id)}
            data-testid={`template-${each.id}`}
          >
            <IconTemplate size={18} stroke={1.7} aria-hidden />
            <span>
              <b>{t(`schemes.template.${each.id}`)}</b>
              <span>{t(`schemes.templateHelp.${each.id}`)}</span>
            </span>
          </UnstyledButton>
        ))}
      </SimpleGrid>
      {drawn && <SchemePreview scheme={drawn} label={t('wizard.scheme.preview')} />}
      <div>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          {template?.groups.map((group) => (
            <Select
              key={group}
              label={template.groups.length === 1 ? t('wizard.scheme.who') : nameOf(group)}
              data={[
                ...groups.map(({ id: value, name }) => ({ value, label: name })),
                { value: fresh, label: t('wizard.scheme.newGroup', { name: nameOf(group) }) }
              ]}
              value={groupIdOf(group)}
              allowDeselect={false}
              onChange={(value) => setChosen({ ...chosen, [group]: value ?? fresh })}
              data-testid={`setup-group-${group}`}
            />
          ))}
        </SimpleGrid>
        <Text fz="sm" c="dimmed" mt={8}>
          {t('wizard.scheme.withYou')}{' '}
          {number
            ? t('wizard.scheme.for', { number: formatPhone(number.e164) })
            : t('wizard.scheme.noNumber')}
        </Text>
      </div>
    </StepFrame>
  )
}
