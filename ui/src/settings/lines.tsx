import { useTranslation } from 'react-i18next'
import type { SchemeRecord, Source, TrackingNumber, Trunk } from '../../../api/contract/config.ts'
import { formatPhone } from '../lib/format.ts'
import { useAll, useSources } from '../lib/lookups.ts'
import { inquiryChannels } from '../lib/words.ts'
import { ResourceTable } from './resource-table.tsx'

export interface Site {
  id: string
  name: string
  domain: string
}

export function NumbersSection() {
  const { t } = useTranslation()
  const trunks = useAll<Trunk>('trunks')
  const sources = useSources()
  const sites = useAll<Site>('sites')
  const schemes = useAll<SchemeRecord>('schemes')
  const options = (items: { id: string; name: string }[] | undefined) =>
    (items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const orNone = (items: { id: string; name: string }[] | undefined) => [
    { value: 'none', label: t('lists.without') },
    ...options(items)
  ]
  const links = [
    { name: 'sourceId', label: t('call.source'), items: sources.data },
    { name: 'schemeId', label: t('settings.schemes.one'), items: schemes.data },
    { name: 'siteId', label: t('call.site'), items: sites.data },
    { name: 'trunkId', label: t('settings.trunks.one'), items: trunks.data }
  ]
  const nameIn = (items: { id: string; name: string }[] | undefined, id: string | null): string =>
    items?.find((each) => each.id === id)?.name ?? '–'
  return (
    <ResourceTable<TrackingNumber>
      things="numbers"
      title={t('settings.numbers.title')}
      text={t('settings.numbers.text')}
      addLabel={t('settings.numbers.add')}
      nameOf={(number) => formatPhone(number.e164)}
      list={{
        filters: [
          { name: 'sourceId', label: t('call.source'), options: orNone(sources.data) },
          { name: 'schemeId', label: t('settings.schemes.one'), options: orNone(schemes.data) },
          { name: 'siteId', label: t('call.site'), options: orNone(sites.data) },
          {
            name: 'isActive',
            label: t('settings.state'),
            options: [
              { value: 'true', label: t('settings.active') },
              { value: 'false', label: t('settings.inactive') }
            ]
          }
        ],
        imports: ['numbers']
      }}
      bulk={{
        things: 'numbers',
        nameOf: formatPhone,
        fields: [
          ...links.map(({ name, label, items }) => ({
            ...({ name, label, type: 'select', canClear: true } as const),
            options: options(items)
          })),
          { name: 'isActive', label: t('settings.active'), type: 'switch' }
        ]
      }}
      columns={[
        {
          header: t('settings.numbers.one'),
          cell: (number) => <span className="num">{formatPhone(number.e164)}</span>
        },
        { header: t('settings.numbers.label'), cell: (number) => number.label ?? '–' },
        { header: t('call.source'), cell: (number) => nameIn(sources.data, number.sourceId) },
        { header: t('settings.schemes.one'), cell: (number) => nameIn(schemes.data, number.schemeId) },
        { header: t('settings.trunks.one'), cell: (number) => nameIn(trunks.data, number.trunkId) },
        {
          header: t('settings.state'),
          cell: (number) => t(number.isActive ? 'settings.active' : 'settings.inactive')
        }
      ]}
      fields={() => [
        {
          name: 'e164',
          label: t('settings.numbers.one'),
          type: 'text',
          isRequired: true,
          placeholder: '+74951234567'
        },
        {
          name: 'label',
          label: t('settings.numbers.label'),
          type: 'text',
          help: t('settings.numbers.labelHelp')
        },
        {
          name: 'sourceId',
          label: t('call.source'),
          type: 'select',
          canClear: true,
          options: options(sources.data)
        },
        {
          name: 'schemeId',
          label: t('settings.schemes.one'),
          type: 'select',
          canClear: true,
          options: options(schemes.data)
        },
        {
          name: 'siteId',
          label: t('call.site'),
          type: 'select',
          canClear: true,
          options: options(sites.data)
        },
        {
          name: 'trunkId',
          label: t('settings.trunks.one'),
          type: 'select',
          canClear: true,
          options: options(trunks.data)
        },
        { name: 'isActive', label: t('settings.active'), type: 'switch' }
      ]}
      toForm={(number) => ({
        e164: number?.e164 ?? '',
        label: number?.label ?? '',
        sourceId: number?.sourceId ?? null,
        schemeId: number?.schemeId ?? null,
        siteId: number?.siteId ?? null,
        trunkId: number?.trunkId ?? null,
        isActive: number?.isActive ?? true
      })}
      toBody={({ e164, label, ...rest }) => ({
        ...rest,
        // People paste numbers as they are written.
        e164: typeof e164 === 'string' ? e164.replace(/[\s()-]/g, '') : e164,
        label: label || null
      })}
    />
  )
}

export function SourcesSection() {
  const { t } = useTranslation()
  const channels = inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))
  const label = (value: unknown) => (typeof value === 'string' && value ? value : null)
  return (
    <ResourceTable<Source>
      things="sources"
      title={t('settings.sources.title')}
      text={t('settings.sources.text')}
      addLabel={t('settings.sources.add')}
      nameOf={(source) => source.name}
      list={{
        filters: [{ name: 'inquiryChannel', label: t('field.inquiryChannel'), options: channels }],
        imports: ['sources']
      }}
      bulk={{
        things: 'sources',
        fields: [
          { name: 'inquiryChannel', label: t('field.inquiryChannel'), type: 'select', options: channels },
          { name: 'medium', label: t('field.medium'), type: 'text' },
          { name: 'campaign', label: t('field.campaign'), type: 'text' }
        ]
      }}
      columns={[
        { header: t('settings.name'), cell: (source) => source.name },
        { header: t('field.inquiryChannel'), cell: (source) => t(`inquiryChannel.${source.inquiryChannel}`) },
        { header: t('field.medium'), cell: (source) => source.medium ?? '–' },
        { header: t('field.campaign'), cell: (source) => source.campaign ?? '–' },
        { header: t('field.keyword'), cell: (source) => source.keyword ?? '–' }
      ]}
      fields={() => [
        { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
        {
          name: 'inquiryChannel',
          label: t('field.inquiryChannel'),
          type: 'select',
          options: channels
        },
        { name: 'medium', label: t('field.medium'), type: 'text', placeholder: 'cpc' },
        { name: 'campaign', label: t('field.campaign'), type: 'text' },
        { name: 'keyword', label: t('field.keyword'), type: 'text' },
        { name: 'note', label: t('journal.note'), type: 'area' }
      ]}
      toForm={(source) => ({
        name: source?.name ?? '',
        inquiryChannel: source?.inquiryChannel ?? 'paid',
        medium: source?.medium ?? '',
        campaign: source?.campaign ?? '',
        keyword: source?.keyword ?? '',
        note: source?.note ?? ''
      })}
      toBody={({ name, inquiryChannel, ...rest }) => ({
        name,
        inquiryChannel,
        medium: label(rest['medium']),
        campaign: label(rest['campaign']),
        keyword: label(rest['keyword']),
        note: label(rest['note'])
      })}
    />
  )
}
