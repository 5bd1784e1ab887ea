import { Autocomplete, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Source, TrackingNumber, Trunk } from '../../../api/contract/config.ts'
import type { dialPolicyAnswer } from '../../../api/contract/dialling.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { countryName, formatPhone } from '../lib/format.ts'
import { useSources } from '../lib/lookups.ts'
import { useLater } from '../lib/use-later.ts'
import { inquiryChannels, type InquiryChannel } from '../lib/words.ts'
import styles from './setup.module.css'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'

type Read = z.infer<typeof dialPolicyAnswer>

/** The number that clients will call: pasted as it is written, read by the rules of the company's country. */
export function NumberStep(frame: StepProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const trunks = useOwn<Trunk>('trunks')
  const numbers = useOwn<TrackingNumber>('numbers')
  const sources = useSources()
  const [text, setText] = useState('')
  const [label, setLabel] = useState('')
  const [source, setSource] = useState('')
  const [channel, setChannel] = useState<InquiryChannel>('paid')
  const [trunkId, setTrunkId] = useState<string | null>(null)
  const asked = useLater(text.trim(), 250)
  const read = useQuery({
    queryKey: ['read-number', asked],
    queryFn: () => api<Read>('POST', '/api/dial-policy/check', { number: asked }),
    enabled: /\d{5}/.test(asked.replace(/\D/g, '')),
    staleTime: Infinity
  })
  const found = asked === text.trim() ? read.data : undefined
  const e164 = found?.number?.startsWith('+') === true ? found.number : null
  const known = (sources.data ?? []).find(({ name }) => name === source.trim())
  const isNewSource = source.trim() !== '' && !known
  const trunk = trunkId ?? trunks.at(0)?.id ?? null
  const save = useMutation({
    async mutationFn() {
      const sourceId = isNewSource
        ? (await api<Source>('POST', '/api/sources', { name: source.trim(), inquiryChannel: channel })).id
        : (known?.id ?? null)
      const body = { e164, label: label.trim() || null, trunkId: trunk, sourceId }
      return api('POST', '/api/numbers', body)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      frame.onNext('done')
    },
    // A source that was made before the number was refused is found by its name at the next press.
    onError: () => client.invalidateQueries({ queryKey: ['all', 'sources'] })
  })
  const errors = fieldErrors(save.error)
  const isNone = found !== undefined && e164 === null
  const hasNumber = numbers.length > 0
  const isTyped = text.trim() !== ''
  return (
    <StepFrame
      {...frame}
      name="number"
      title={t('wizard.number.title')}
      text={t('wizard.number.text')}
      isDone={hasNumber && !isTyped}
      error={Object.keys(errors).length > 0 ? null : save.error}
      action={
        hasNumber && !isTyped
          ? null
          : {
              label: t('wizard.saveNext'),
              isBusy: save.isPending,
              isDisabled: e164 === null,
              run: () => save.mutate()
            }
      }
    >
      {hasNumber && (
        <div className={styles.there} data-testid="own-numbers">
          <span className="eyebrow">{t('wizard.number.there')}</span>
          {numbers.map((each) => (
            <Text key={each.id} fw={600} className="num">
              {formatPhone(each.e164)}
            </Text>
          ))}
        </div>
      )}
      <TextInput
        label={hasNumber ? t('wizard.number.another') : t('wizard.number.number')}
        size="md"
        maw={380}
        inputMode="tel"
        data-autofocus
        placeholder="8 (495) 123-45-67"
        value={text}
        error={errors['e164'] ?? (isNone ? t('wizard.number.isNone') : null)}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="setup-number"
      />
      {e164 !== null && (
        <Text fz="sm" c="pine" mt={-8} data-testid="number-read" data-number={e164}>
          {t('wizard.number.isRead', { number: formatPhone(e164), place: countryName(found?.country) })}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {trunks.length > 1 && (
          <Select
            label={t('wizard.number.trunk')}
            data={trunks.map(({ id, name }) => ({ value: id, label: name }))}
            value={trunk}
            allowDeselect={false}
            onChange={setTrunkId}
          />
        )}
        <TextInput
          label={t('wizard.number.label')}
          description={t('wizard.number.labelHelp')}
          value={label}
          maxLength={200}
          error={errors['label']}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Autocomplete
          label={t('wizard.number.source')}
          description={t('wizard.number.sourceHelp')}
          data={(sources.data ?? []).map(({ name }) => name)}
          value={source}
          maxLength={200}
          onChange={setSource}
          data-testid="setup-source"
        />
        {isNewSource && (
          <Select
            label={t('field.inquiryChannel')}
            data={inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))}
            value={channel}
            allowDeselect={false}
            onChange={(value) => setChannel(inquiryChannels.find((each) => each === value) ?? channel)}
          />
        )}
      </SimpleGrid>
    </StepFrame>
  )
}
