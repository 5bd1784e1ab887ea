import '@mantine/core/styles/SimpleGrid.css'
import { Select, SimpleGrid, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconFile, IconFileImport, IconTemplate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Group } from '../../../api/contract/config.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { templates, type TemplateGroup } from '../../../ivr/template-list.ts'
import { useAll } from '../lib/lookups.ts'
import styles from './schemes.module.css'

/** What a new scheme begins with. */
export interface Beginning {
  /** Id of a template, `empty` or `file`. */
  id: string
  groups: Partial<Record<TemplateGroup, string>>
  sites: { first: string; second: string }
}

export const emptyScheme = (locale: 'ru' | 'en'): Scheme => ({ locale, start: '', blocks: {} })

export function firstBeginning(id: string): Beginning {
  return { id, groups: {}, sites: { first: '', second: '' } }
}

/** The scheme of a template, with the groups that were chosen. */
export function schemeOf({ id, groups, sites }: Beginning, locale: 'ru' | 'en'): Scheme {
  const template = templates.find((each) => each.id === id)
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return template?.make({ locale, timeZone, groups, sites }) ?? emptyScheme(locale)
}

/** Whether all that the template asks for has been chosen. */
export function isReady({ id, groups, sites }: Beginning): boolean {
  const template = templates.find((each) => each.id === id)
  if (!template) return true
  const hasSites = !template.hasSites || (sites.first !== '' && sites.second !== '')
  return hasSites && template.groups.every((name) => (groups[name] ?? '') !== '')
}

interface Props {
  value: Beginning
  /** An empty page and a file are offered beside the templates. */
  hasMore: boolean
  onChange: (value: Beginning) => void
}

/** Templates as cards, and the groups whose telephones shall ring. */
export function TemplatePicker({ value, hasMore, onChange }: Props) {
  const { t } = useTranslation()
  const groups = useAll<Group>('groups').data ?? []
  const sites = useAll<{ id: string; name: string }>('sites').data ?? []
  const chosen = templates.find(({ id }) => id === value.id)
  const choices = (items: readonly { id: string; name: string }[]) =>
    items.map(({ id, name }) => ({ value: id, label: name }))
  const card = (id: string, title: string, help: string, Icon: typeof IconFile) => (
    <UnstyledButton
      key={id}
      className={styles.card ?? ''}
      role="radio"
      aria-checked={value.id === id}
      onClick={() => onChange({ ...value, id })}
      data-testid={`begin-${id}`}
    >
      <Icon size={18} stroke={1.7} aria-hidden />
      <span>
        <b>{title}</b>
        <span>{help}</span>
      </span>
    </UnstyledButton>
  )
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={8} role="radiogroup" aria-label={t('schemes.new.begin')}>
        {hasMore && card('empty', t('schemes.new.empty'), t('schemes.new.emptyHelp'), IconFile)}
        {templates.map(({ id }) =>
          card(id, t(`schemes.template.${id}`), t(`schemes.templateHelp.${id}`), IconTemplate)
        )}
        {hasMore && card('file', t('schemes.new.file'), t('schemes.new.fileHelp'), IconFileImport)}
      </SimpleGrid>
      {chosen && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={8}>
          {chosen.groups.map((name) => (
            <Select
              key={name}
              label={t(`schemes.new.group.${name}`)}
              required
              data={choices(groups)}
              value={value.groups[name] ?? null}
              searchable
              onChange={(id) => onChange({ ...value, groups: { ...value.groups, [name]: id ?? '' } })}
              data-testid={`group-${name}`}
            />
          ))}
          {chosen.hasSites &&
            (['first', 'second'] as const).map((name) => (
              <Select
                key={`site-${name}`}
                label={t(`schemes.new.site.${name}`)}
                required
                data={choices(sites)}
                value={value.sites[name] === '' ? null : value.sites[name]}
                onChange={(id) => onChange({ ...value, sites: { ...value.sites, [name]: id ?? '' } })}
              />
            ))}
          {groups.length === 0 && (
            <Text fz="sm" c="dimmed">
              {t('schemes.new.noGroups')}
            </Text>
          )}
        </SimpleGrid>
      )}
    </Stack>
  )
}
