import { Button, Select, Skeleton, Stack, Text } from '@mantine/core'
import {
  IconBrowser,
  IconCircleCheck,
  IconCircleX,
  IconForms,
  IconInbox,
  IconPhoneCall,
  IconPhoneIncoming,
  IconBriefcase
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { z } from 'zod'
import type { conversionPath, PathStep } from '../../../api/contract/reports.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { query } from '../lib/query.ts'
import { outcomes } from '../lib/words.ts'
import { models, type Model } from './address.ts'
import { figure, type Style } from './figures.ts'
import styles from './path.module.css'
import reportStyles from './reports.module.css'
import { useNames } from './names.ts'
import { useStyle } from './use-style.ts'
import type { ViewState } from './use-view.ts'

type Path = z.infer<typeof conversionPath>

const icons = {
  visit: IconBrowser,
  call: IconPhoneIncoming,
  form: IconForms,
  callback: IconPhoneCall,
  inquiry: IconInbox,
  deal: IconBriefcase,
  won: IconCircleCheck,
  lost: IconCircleX
} as const

/** How one client came to us, step by step, and what each model makes of it. */
export function PathReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const [callId, contactId, visitorId] = ['callId', 'contactId', 'visitorId'].map((name) => params.get(name))
  const isAsked = Boolean(callId ?? contactId ?? visitorId)
  const asked = useQuery({
    queryKey: ['reports', 'path', callId, contactId, visitorId],
    queryFn: () =>
      api<Path>(
        'GET',
        `/api/reports/path${query(callId ? { callId } : contactId ? { contactId } : { visitorId })}`
      ),
    enabled: isAsked
  })
  const style = useStyle(undefined)
  const { model } = state.view
  const setModel = (next: string | null): void =>
    setParams(
      (old) => {
        old.set('model', next ?? 'lastNonDirect')
        return old
      },
      { replace: true }
    )
  if (!isAsked)
    return (
      <div className={`sheet ${reportStyles.empty}`}>
        <Text fw={600}>{t('reports.path.whose')}</Text>
        <Text c="dimmed" mb="sm">
          {t('reports.path.whoseText')}
        </Text>
        <Button component={Link} to="/journal" variant="default">
          {t('nav.journal')}
        </Button>
      </div>
    )
  const hasCredits = asked.data?.steps.some((step) => step.credits !== null) ?? false
  return (
    <div className={styles.page}>
      <div className={reportStyles.tools}>
        {hasCredits && (
          <Select
            size="xs"
            w={220}
            aria-label={t('reports.model')}
            allowDeselect={false}
            data={models.map((value) => ({ value, label: t(`models.${value}`) }))}
            value={model}
            onChange={setModel}
            data-testid="model"
          />
        )}
        {callId && (
          <Button
            component={Link}
            to={`/journal?period=all&call=${encodeURIComponent(callId)}`}
            variant="default"
            size="xs"
            h={32}
          >
            {t('reports.path.openCall')}
          </Button>
        )}
      </div>
      {hasCredits && <p className={reportStyles.rule}>{t(`reports.rules.${model}`)}</p>}
      {asked.isPending && (
        <Stack>
          {[0, 1, 2, 3].map((each) => (
            <Skeleton key={each} height={64} radius="md" />
          ))}
        </Stack>
      )}
      {asked.isError && (
        <div className={`sheet ${reportStyles.empty}`} role="alert">
          <Text mb="sm">{explain(asked.error)}</Text>
          <Button variant="default" onClick={() => inBackground(asked.refetch())}>
            {t('common.retry')}
          </Button>
        </div>
      )}
      {asked.data && (
        <>
          {asked.data.isCut && <p className={reportStyles.rule}>{t('reports.path.isCut')}</p>}
          <ol className={styles.steps} data-testid="path">
            {asked.data.steps.map((step) => (
              <Step
                key={`${step.kind} ${step.id} ${step.at}`}
                step={step}
                model={model}
                style={style}
                isAsked={step.kind === 'call' && step.id === callId}
              />
            ))}
          </ol>
        </>
      )}
    </div>
  )
}

/** What a step was, in the reader's words where it is one of ours. */
function labelOf(step: PathStep): string | null {
  const outcome = outcomes.find((each) => each === step.label)
  return step.kind === 'call' && outcome ? i18next.t(`outcome.${outcome}`) : step.label
}

function Step({
  step,
  model,
  style,
  isAsked
}: {
  step: PathStep
  model: Model
  style: Style
  isAsked: boolean
}) {
  const { t } = useTranslation()
  const nameOf = useNames()
  const Icon = icons[step.kind]
  const share = step.credits?.[model] ?? null
  const path = [
    step.inquiryChannel && nameOf('inquiryChannel', step.inquiryChannel),
    step.source,
    step.medium,
    step.campaign,
    step.keyword
  ].filter(Boolean)
  const label = labelOf(step)
  return (
    <li className={styles.step} data-kind={step.kind} data-asked={isAsked ? '' : undefined}>
      <span className={styles.icon}>
        <Icon size={17} stroke={1.8} aria-hidden />
      </span>
      <div className={styles.what}>
        <div>
          <b>{t(`reports.path.kind.${step.kind}`)}</b>
          {label && <span> · {label}</span>}
          {step.amount !== null && <span className="num"> · {figure(step.amount, 'money', style)}</span>}
        </div>
        {path.length > 0 && <div className={styles.path}>{path.join(' → ')}</div>}
        {step.landingUrl && <div className={`cut ${styles.url}`}>{step.landingUrl}</div>}
      </div>
      <time className={`num ${styles.time}`} dateTime={step.at}>
        {fullTime(step.at)}
      </time>
      {share !== null && (
        <div className={styles.credit} data-testid="credit">
          <span className={styles.bar} style={{ ['--share' as string]: `${Math.round(share * 100)}%` }} />
          <span className="num">{figure(share, 'share', style)}</span>
        </div>
      )}
    </li>
  )
}
