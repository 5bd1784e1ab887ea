import { Button, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import type { Visit } from '../../../api/contract/journal.ts'
import type { conversionPath, PathStep } from '../../../api/contract/reports.ts'
import type en from '../i18n/en.ts'
import { api } from '../lib/api.ts'
import { dayOf, exactTime, timeOfDay } from '../lib/format.ts'
import { useMe } from '../session/session.ts'
import styles from './drawer.module.css'

const percent = (share: number): string =>
  new Intl.NumberFormat(i18next.language, { style: 'percent', maximumFractionDigits: 0 }).format(share)

/** Why the journal names this source, in sentences. */
function Attribution({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const { visit } = call
  const rule = visit?.rule ?? (call.source ? 'source' : null)
  if (rule === null || !i18next.exists(`attribution.${rule}`)) return null
  const others = (visit?.candidates ?? []).filter(({ visitId }) => visitId !== visit?.visitId)
  const model = visit?.model
  const sentences = [
    t(`attribution.${rule as 'holder'}`),
    visit?.confidence ? t('attribution.sure', { share: percent(visit.confidence) }) : null,
    others.length > 0
      ? t('attribution.candidates', {
          count: others.length,
          list: others.map(({ share }) => percent(share)).join(', ')
        })
      : null,
    model && i18next.exists(`models.${model}`)
      ? t('attribution.model', { model: t(`models.${model as keyof typeof en.models}`) })
      : null
  ]
  return (
    <section data-testid="attribution">
      <div className="eyebrow">{t('attribution.title')}</div>
      <Text fz="sm">{sentences.filter(Boolean).join(' ')}</Text>
    </section>
  )
}

/** Pages, events and forms of the visit behind the call. */
function VisitDetails({ visitId }: { visitId: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const asked = useQuery({
    queryKey: ['visit', visitId],
    queryFn: () => api<Visit>('GET', `/api/visits/${visitId}`),
    enabled: isOpen
  })
  const done = asked.data
    ? [
        ...asked.data.pages.map(({ at, url }) => ({ at, text: url })),
        ...asked.data.events.map(({ at, name }) => ({ at, text: `${t('visitPath.event')}: ${name}` })),
        ...asked.data.forms.map(({ at, formName }) => ({
          at,
          text: [t('visitPath.form'), formName].filter(Boolean).join(': ')
        }))
      ].sort((a, b) => a.at.localeCompare(b.at))
    : []
  return (
    <div>
      <Button
        size="compact-xs"
        variant="subtle"
        ml={-8}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        data-testid="visit-pages"
      >
        {t('visitPath.showPages')}
      </Button>
      {isOpen && asked.isPending && <Skeleton height={40} />}
      {isOpen && asked.isError && (
        <Text fz="xs" c="dimmed">
          {t('visitPath.gone')}
        </Text>
      )}
      {isOpen && asked.data && (
        <ol className={styles.pages} data-testid="visit-done">
          {done.map(({ at, text }, index) => (
            <li key={index}>
              <span className="num">{exactTime(at)}</span> {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

function Step({ step, call }: { step: PathStep; call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const isThisCall = step.kind === 'call' && step.id === call.id
  const isThisVisit = step.kind === 'visit' && step.id === call.visit?.visitId
  const share = step.credits?.lastNonDirect ?? 0
  const source = [step.source, step.campaign, step.keyword && `«${step.keyword}»`].filter(Boolean).join(' → ')
  const label =
    step.kind === 'call' && step.label && i18next.exists(`outcome.${step.label}`)
      ? i18next.t(`outcome.${step.label}` as 'outcome.answered')
      : step.label
  return (
    <li data-now={isThisCall ? '' : undefined} data-testid="path-step" data-kind={step.kind}>
      <span>
        <b style={{ fontWeight: 600 }}>
          {isThisCall ? t('visitPath.thisCall') : t(`visitPath.${step.kind}`)}
        </b>
        <Text span c="dimmed" fz="xs" className="num">
          {' '}
          {dayOf(step.at)}, {timeOfDay(step.at)}
        </Text>
      </span>
      {(step.kind === 'visit' ? source : label) && (
        <span style={{ overflowWrap: 'anywhere' }}>{step.kind === 'visit' ? source : label}</span>
      )}
      {step.kind === 'visit' && step.landingUrl && (
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {step.landingUrl}
        </Text>
      )}
      {(isThisVisit || share > 0) && (
        <Text fz="xs" c="pine">
          {[
            isThisVisit ? t('visitPath.thisVisit') : null,
            share > 0 ? t('visitPath.share', { share: percent(share) }) : null
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      )}
      {step.kind === 'visit' && <VisitDetails visitId={step.id} />}
    </li>
  )
}

/** How the client came to this call: visits, forms, earlier calls, and what came of it. */
export function VisitorPath({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const me = useMe()
  const mayAsk = me.role !== 'operator'
  const path = useQuery({
    queryKey: ['call', call.id, 'path'],
    queryFn: () => api<z.infer<typeof conversionPath>>('GET', `/api/reports/path?callId=${call.id}`),
    enabled: mayAsk
  })
  const steps = path.data?.steps ?? []
  const visitId = call.visit?.visitId ?? null
  return (
    <>
      <Attribution call={call} />
      {path.isLoading && <Skeleton height={60} />}
      {steps.length > 1 ? (
        <section data-testid="visitor-path">
          <div className="eyebrow">{t('visitPath.title')}</div>
          {path.data?.isCut && (
            <Text fz="xs" c="dimmed">
              {t('visitPath.cut')}
            </Text>
          )}
          <ol className={styles.steps}>
            {steps.map((step) => (
              <Step key={`${step.kind}${step.id}`} step={step} call={call} />
            ))}
          </ol>
        </section>
      ) : (
        visitId !== null &&
        !path.isLoading && (
          <section>
            <div className="eyebrow">{t('visitPath.visit')}</div>
            <VisitDetails visitId={visitId} />
          </section>
        )
      )}
    </>
  )
}
