import { Table, Text } from '@mantine/core'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import type en from '../i18n/en.ts'
import { clock, countryName, exactTime, formatPhone, fullTime, regionName } from '../lib/format.ts'
import { useAll } from '../lib/lookups.ts'
import styles from './drawer.module.css'
import { fieldLabel, knownWord } from '../journal/labels.ts'
import { PhoneNumber } from '../operator/click-to-call.tsx'
import { blockWord, resultWord } from './tape.tsx'

type Row = [label: keyof typeof en.field | keyof typeof en.journalField | 'utm', value: ReactNode]

function Group({ title, rows }: { title: string; rows: Row[] }) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
  if (shown.length === 0) return null
  return (
    <div>
      <h3>{title}</h3>
      <dl>
        {shown.map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{labelOf(label)}</dt>
            <dd className={typeof value === 'number' ? 'num' : ''}>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function labelOf(label: Row[0]): string {
  if (label === 'utm') return i18next.t('fieldGroup.utm')
  return i18next.exists(`field.${label}`)
    ? i18next.t(`field.${label as keyof typeof en.field}`)
    : fieldLabel(label)
}

/** Marks of an advertising link, one a line. */
function pairs(values: Record<string, string> | undefined): ReactNode {
  const lines = Object.entries(values ?? {}).map((pair) => pair.join(': '))
  return lines.length === 0 ? null : <span style={{ whiteSpace: 'pre-line' }}>{lines.join('\n')}</span>
}

function seconds(value: number | null): ReactNode {
  return value === null ? null : <span className="num">{clock(value)}</span>
}

function phone(value: string | null): ReactNode {
  return value ? <span className="num">{formatPhone(value)}</span> : null
}

function percent(share: number | null): ReactNode {
  return share === null ? null : <span className="num">{Math.round(share * 100)} %</span>
}

/** Text only: where a visitor says to have been is nobody's word to follow. */
function address(url: string | null): ReactNode {
  return url === null ? null : <span style={{ overflowWrap: 'anywhere' }}>{url}</span>
}

function reasonWord(reason: string | null): string | null {
  if (!reason) return null
  return i18next.exists(`reason.${reason}`) ? i18next.t(`reason.${reason as keyof typeof en.reason}`) : reason
}

function Steps({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  if (call.steps.length === 0) return null
  return (
    <section>
      <div className="eyebrow">{t('journal.steps')}</div>
      <Table className={styles.legs ?? ''} verticalSpacing={4}>
        <Table.Tbody>
          {call.steps.map((step) => (
            <Table.Tr key={step.step}>
              <Table.Td w={30} className="num">
                {step.step}
              </Table.Td>
              <Table.Td>
                {step.label ?? blockWord(step.blockType)}
                {step.label && (
                  <Text c="dimmed" fz="xs">
                    {[blockWord(step.blockType), step.groupName].filter(Boolean).join(' · ')}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="num">{clock(step.seconds)}</Table.Td>
              <Table.Td>
                {[
                  step.pressed ? `${t('call.pressed')}: ${step.pressed}` : null,
                  step.exit ? `→ ${resultWord(step.exit)}` : null
                ]
                  .filter(Boolean)
                  .join(' ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Legs({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  if (call.legs.length === 0) return null
  return (
    <section>
      <div className="eyebrow">{t('journal.legs')}</div>
      <Table className={styles.legs ?? ''} verticalSpacing={4}>
        <Table.Tbody>
          {call.legs.map((leg) => (
            <Table.Tr key={leg.leg}>
              <Table.Td>
                {leg.userName ?? leg.leg}
                <LegRecording call={call} leg={leg} />
              </Table.Td>
              <Table.Td className="num">{exactTime(leg.startedAt)}</Table.Td>
              <Table.Td>{leg.result ? resultWord(leg.result) : ''}</Table.Td>
              <Table.Td className="num" c="dimmed">
                {leg.q850Cause === null ? '' : `Q.850 ${leg.q850Cause}`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

/** Further legs have recordings of their own; the main one has the player above. */
function LegRecording({
  call,
  leg
}: {
  call: JournalCallWithLegs
  leg: JournalCallWithLegs['legs'][number]
}) {
  const { t } = useTranslation()
  if (leg.recordingId === null || leg.recordingId === call.recording?.id) return null
  const isNotForMe = call.recording?.state === 'ready' && !call.recording.url
  if (isNotForMe) return null
  const state = leg.recordingState ?? 'processing'
  if (state !== 'ready') {
    return (
      <Text c="dimmed" fz="xs" data-testid="leg-recording" data-state={state}>
        {t(`recording.state.${state}`)}
      </Text>
    )
  }
  return (
    <audio
      controls
      preload="none"
      data-testid="leg-recording"
      data-state={state}
      aria-label={`${t('recording.play')}: ${leg.userName ?? leg.leg}`}
      src={`/api/calls/${call.id}/recording?leg=${encodeURIComponent(leg.leg)}`}
      style={{ display: 'block', height: 32, maxWidth: 260, marginTop: 4 }}
    />
  )
}

/** Every field of the journal, in groups; what is empty is left out. */
export function CallFields({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const sites = useAll<{ id: string; name: string }>('sites')
  const users = useAll<{ id: string; name: string }>('users')
  const site = sites.data?.find(({ id }) => id === call.siteId)?.name ?? null
  const firstOperator = users.data?.find(({ id }) => id === call.firstOperatorId)?.name ?? null
  const yes = (value: boolean | null): string | null =>
    value === null ? null : t(value ? 'common.yes' : 'common.no')
  return (
    <>
      <Steps call={call} />
      <Legs call={call} />
      <section className={styles.fields}>
        <Group
          title={t('fieldGroup.source')}
          rows={[
            ['source', call.source?.name],
            ['inquiryChannel', call.inquiryChannel ? t(`inquiryChannel.${call.inquiryChannel}`) : null],
            ['medium', call.medium],
            ['campaign', call.campaign],
            ['keyword', call.keyword],
            ['confidence', percent(call.visit?.confidence ?? null)],
            ['pool', call.visit?.poolName],
            ['landingUrl', address(call.visit?.landingUrl ?? null)],
            ['pageUrl', address(call.visit?.pageUrl ?? null)],
            ['referrer', address(call.visit?.referrer ?? null)],
            ['device', call.visit?.device],
            ['userAgent', call.visit?.userAgent],
            ['ip', call.visit?.ip],
            ['gaClientId', call.visit?.gaClientId],
            ['ymClientId', call.visit?.ymClientId],
            ['clickIds', pairs(call.visit?.clickIds)],
            ['utm', pairs(call.visit?.utm)],
            ['site', site],
            ['isFirstCall', yes(call.isFirstCall)],
            ['callNumber', call.callNumber],
            ['isUnique', yes(call.isUnique)],
            ['isRepeat', yes(call.isRepeat)],
            ['isTarget', yes(call.isTarget)],
            ['returnedAt', call.returnedAt ? fullTime(call.returnedAt) : null]
          ]}
        />
        <Group
          title={t('fieldGroup.parties')}
          rows={[
            [
              'callerNumber',
              call.callerNumber && <PhoneNumber number={call.callerNumber} name={call.contact?.name} />
            ],
            ['callerName', call.callerName],
            ['callerRegion', regionName(call.callerRegion)],
            ['callerCountry', countryName(call.callerCountry)],
            ['dialedNumber', phone(call.dialedNumber)],
            ['numberLabel', call.number?.label],
            ['operator', call.operator?.name],
            ['firstOperator', firstOperator],
            ['groupName', call.groupName],
            ['destinationNumber', phone(call.destinationNumber)]
          ]}
        />
        <Group
          title={t('fieldGroup.times')}
          rows={[
            ['startedAt', fullTime(call.startedAt)],
            ['answeredAt', call.answeredAt ? exactTime(call.answeredAt) : null],
            ['endedAt', call.endedAt ? exactTime(call.endedAt) : null],
            ['waitSeconds', seconds(call.waitSeconds)],
            ['talkSeconds', seconds(call.talkSeconds)],
            ['cleanTalkSeconds', seconds(call.cleanTalkSeconds)],
            ['totalSeconds', seconds(call.totalSeconds)],
            ['holdSeconds', call.holdSeconds ? seconds(call.holdSeconds) : null],
            ['wrapupSeconds', seconds(call.wrapupSeconds)]
          ]}
        />
        <Group
          title={t('fieldGroup.result')}
          rows={[
            ['reason', reasonWord(call.reason)],
            ['hangupBy', call.hangupBy ? t(`hangupBy.${call.hangupBy}`) : null],
            ['scheme', call.scheme ? `${call.scheme.name} · v${call.scheme.version}` : null],
            ['pressed', call.pressed],
            ['isTransferred', call.isTransferred ? t('common.yes') : null],
            ['rating', call.rating],
            ['wrapUpCode', call.wrapUpCode]
          ]}
        />
        <Group
          title={t('fieldGroup.technical')}
          rows={[
            ['direction', t(`direction.${call.direction}`)],
            ['callType', knownWord('callType', call.callType)],
            ['id', call.id],
            ['pbxUniqueId', call.pbxUniqueId],
            ['externalId', call.externalId],
            ['sipCode', call.sipCode],
            ['q850Cause', call.q850Cause]
          ]}
        />
      </section>
    </>
  )
}
