import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  TextInput
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Part } from './part.tsx'
import { SaveBar } from './save-bar.tsx'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'
import { useDraft, type Draft } from './use-draft.ts'

const models = ['lastNonDirect', 'last', 'first', 'linear', 'position', 'timeDecay'] as const
type Seconds =
  | 'lingerSeconds'
  | 'quarantineSeconds'
  | 'idleSeconds'
  | 'redialSeconds'
  | 'visitsPerAddress'
  | 'attributionDays'

/** Which numbers are swapped, for whom, and how long. */
export function SiteGeneral({ site }: { site: Site }) {
  const { t } = useTranslation()
  const draft = useDraft<Site>('sites', site)
  const { value, set, errorOf } = draft
  const number = (name: Seconds, label: string, help?: string) => (
    <NumberInput
      label={label}
      description={help}
      error={errorOf(name)}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      thousandSeparator=" "
      value={value[name]}
      onChange={(next) => typeof next === 'number' && set({ [name]: next })}
    />
  )
  return (
    <Stack gap="md" maw={760}>
      <Groups draft={draft} />
      <Part title={t('tracking.general.attribution')}>
        <div className={styles.even}>
          {number('attributionDays', t('tracking.general.days'))}
          <Select
            label={t('tracking.general.model')}
            data={models.map((model) => ({ value: model, label: t(`tracking.general.models.${model}`) }))}
            value={value.attributionModel}
            allowDeselect={false}
            onChange={(next) => next && set({ attributionModel: next })}
          />
        </div>
      </Part>
      <Part title={t('tracking.general.timing')}>
        <div className={styles.even}>
          {number('lingerSeconds', t('tracking.general.linger'), t('tracking.general.lingerHelp'))}
          {number(
            'quarantineSeconds',
            t('tracking.general.quarantine'),
            t('tracking.general.quarantineHelp')
          )}
          {number('idleSeconds', t('tracking.general.idle'))}
          {number('redialSeconds', t('tracking.general.redial'))}
          {number('visitsPerAddress', t('tracking.general.perAddress'), t('tracking.general.perAddressHelp'))}
        </div>
      </Part>
      <Part title={t('tracking.general.site')}>
        <div className={styles.even}>
          <TextInput
            label={t('settings.name')}
            value={value.name}
            error={errorOf('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t('settings.sites.domain')}
            value={value.domain}
            error={errorOf('domain')}
            onChange={(event) => set({ domain: event.currentTarget.value })}
          />
        </div>
        <TagsInput
          label={t('tracking.general.origins')}
          description={t('tracking.general.originsHelp')}
          error={errorOf('allowedOrigins')}
          value={value.allowedOrigins}
          placeholder={value.allowedOrigins.length === 0 ? 'https://shop.example' : ''}
          onChange={(allowedOrigins) => set({ allowedOrigins })}
        />
        <Switch
          label={t('tracking.general.isolated')}
          checked={value.isIsolated}
          onChange={(event) => set({ isIsolated: event.currentTarget.checked })}
        />
        <Select
          label={t('tracking.general.consent')}
          description={value.consent === 'required' ? t('tracking.general.consentHelp') : undefined}
          data={[
            { value: 'notNeeded', label: t('tracking.general.consentNo') },
            { value: 'required', label: t('tracking.general.consentYes') }
          ]}
          value={value.consent}
          allowDeselect={false}
          onChange={(next) => next && set({ consent: next })}
        />
      </Part>
      <SaveBar draft={draft} />
    </Stack>
  )
}

/** Numbers as people paste them, in the one form that the server takes. */
const plain = (number: string): string => {
  const digits = number.replace(/\D/g, '')
  if (number.trim().startsWith('+')) return `+${digits}`
  return /^[78]\d{10}$/.test(digits) ? `+7${digits.slice(1)}` : `+${digits}`
}

function Groups({ draft: { value, set, errorOf } }: { draft: Draft<Site> }) {
  const { t } = useTranslation()
  const groups = value.numberGroups
  const change = (at: number, next: Partial<Site['numberGroups'][number]>): void =>
    set({ numberGroups: groups.map((group, index) => (index === at ? { ...group, ...next } : group)) })
  const add = (): void =>
    set({
      numberGroups: [
        ...groups,
        { name: groups.length === 0 ? 'main' : `group${groups.length + 1}`, replaces: [] }
      ]
    })
  return (
    <Part title={t('tracking.general.groups')} text={t('tracking.general.groupsText')}>
      {groups.map((group, at) => (
        <Group key={at} align="flex-start" wrap="nowrap" gap="sm">
          <TextInput
            w={130}
            label={t('tracking.general.group')}
            value={group.name}
            error={errorOf(`numberGroups.${at}.name`)}
            onChange={(event) => change(at, { name: event.currentTarget.value })}
          />
          <TagsInput
            flex={1}
            label={t('tracking.general.replaces')}
            value={group.replaces}
            error={errorOf(`numberGroups.${at}.replaces`)}
            placeholder={group.replaces.length === 0 ? '8 (495) 123-45-67' : ''}
            onChange={(numbers) => change(at, { replaces: [...new Set(numbers.map(plain))] })}
          />
          <ActionIcon
            mt={24}
            size={36}
            variant="subtle"
            color="gray"
            aria-label={t('tracking.general.removeGroup', { name: group.name })}
            onClick={() => set({ numberGroups: groups.filter((_, index) => index !== at) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} />}
        onClick={add}
        style={{ alignSelf: 'flex-start' }}
        data-testid="add-group"
      >
        {t('tracking.general.addGroup')}
      </Button>
    </Part>
  )
}
