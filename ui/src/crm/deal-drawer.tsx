import '../styles/later.ts'
import { Badge, Button, Group, Select, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { lazy } from 'react'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory, Pipeline } from '../../../api/contract/crm.ts'
import { withTexts } from '../i18n/index.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, formatPhone, fullTime, timeOfDay } from '../lib/format.ts'
import { Part } from '../lib/part.tsx'
import { toast } from '../lib/toast.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useMe } from '../session/session.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { Activities } from './activities.tsx'
import { CrmDrawer } from './crm-drawer.tsx'
import styles from './crm.module.css'
import { DealLines } from './deal-lines.tsx'
import { DealMoney, DealPayments } from './deal-money.tsx'
import { DealPeople } from './deal-people.tsx'
import { span } from './money.ts'
import { NextTask } from './next-task.tsx'
import { PathFields, SavedText } from './path-fields.tsx'
import { useCrmChanged, useDeal, usePipelines } from './queries.ts'
import { Responsible } from './responsible.tsx'
import { SavedNote } from './saved-note.tsx'
import { StageBadge } from './stage-badge.tsx'
import type { DealMoves } from './use-deal-moves.ts'
import { useTitle } from './use-inquiry-moves.ts'

const DealTasks = lazy(withTexts(['tasks'], () => import('../tasks/deal-tasks.tsx')))
const DealDocuments = lazy(withTexts(['documents'], () => import('../documents/deal-documents.tsx')))

function Stages({
  deal,
  pipelines,
  moves
}: {
  deal: DealWithHistory
  pipelines: Pipeline[]
  moves: DealMoves
}) {
  const { t } = useTranslation()
  const isOnly = pipelines.length === 1
  return (
    <Select
      size="xs"
      label={t('crm.deal.stage')}
      data={
        isOnly
          ? (pipelines[0]?.stages ?? []).map(({ id, name }) => ({ value: id, label: name }))
          : pipelines.map(({ name, stages }) => ({
              group: name,
              items: stages.map((stage) => ({ value: stage.id, label: stage.name }))
            }))
      }
      value={deal.stageId}
      allowDeselect={false}
      onChange={(value) => {
        const to = pipelines.flatMap(({ stages }) => stages).find(({ id }) => id === value)
        if (to) moves.move(deal, to)
      }}
      data-testid="deal-stage"
    />
  )
}

function History({ deal }: { deal: DealWithHistory }) {
  const { t } = useTranslation()
  return (
    <section>
      <div className="eyebrow">{t('crm.deal.history')}</div>
      <ul className={styles.history} data-testid="deal-history">
        {deal.history.map((change) => (
          <li key={`${change.at}-${change.to}`}>
            <span>
              {change.from === null
                ? t('crm.deal.opened', { stage: change.to })
                : `${change.from} → ${change.to}`}
            </span>
            <span className={`num ${styles.sub}`}>
              {[
                change.by?.name ?? t('crm.deal.byItself'),
                `${dayOf(change.at)}, ${timeOfDay(change.at)}`,
                change.kind === 'open' ? span(change.seconds) : null
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Head({ deal }: { deal: DealWithHistory }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  return (
    <div>
      <Group gap="sm" align="center">
        <Text fz={22} fw={640} lh={1.25} style={{ overflowWrap: 'anywhere' }}>
          {titleOf(deal)}
        </Text>
        <CallNumber number={deal.phone} name={deal.contact?.name ?? null} />
        <StageBadge stage={deal.stage} />
        {deal.isDemo && (
          <Badge variant="outline" color="gray" radius="sm" tt="none">
            {t('crm.demo')}
          </Badge>
        )}
      </Group>
      <Text c="dimmed" mt={2}>
        {[
          deal.contact ? deal.contact.name : t('crm.deal.noContact'),
          deal.contact?.name === deal.phone ? null : formatPhone(deal.phone),
          deal.closedAt
            ? t('crm.deal.closed', { time: fullTime(deal.closedAt) })
            : t('crm.deal.created', { time: fullTime(deal.createdAt) })
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {deal.nextTask && (
        <Text fz="sm" mt={6}>
          <NextTask task={deal.nextTask} />
        </Text>
      )}
    </div>
  )
}

interface BodyProps {
  deal: DealWithHistory
  moves: DealMoves
  onGone: () => void
  onCall: (id: string) => void
}

function Body({ deal, moves, onGone, onCall }: BodyProps) {
  const { t } = useTranslation()
  const me = useMe()
  const titleOf = useTitle()
  const changed = useCrmChanged()
  const pipelines = usePipelines()
  const isReadOnly = me.role === 'marketer'
  const save = (body: Record<string, unknown>): void => moves.save(deal.id, body)
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/deals/${deal.id}`),
    onSuccess: async () => {
      onGone()
      toast('pine', t('crm.deal.removed', { name: titleOf(deal) }))
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <div className={styles.sections}>
      <Head deal={deal} />
      <DealMoney deal={deal} moves={moves} isReadOnly={isReadOnly} />
      <div className={styles.two}>
        {!isReadOnly && <Stages deal={deal} pipelines={pipelines.data ?? []} moves={moves} />}
        <SavedText
          label={t('crm.title')}
          value={deal.title}
          isReadOnly={isReadOnly}
          onSave={(title) => title !== null && save({ title })}
        />
        <Responsible
          value={deal.responsible}
          isReadOnly={isReadOnly}
          onChange={(responsibleId) => save({ responsibleId })}
        />
        {deal.stage.kind === 'lost' && (
          <SavedText
            label={t('crm.deal.lostReason')}
            value={deal.lostReason}
            isReadOnly={isReadOnly}
            onSave={(lostReason) => save({ lostReason })}
          />
        )}
      </div>
      <DealLines deal={deal} isReadOnly={isReadOnly} />
      <DealPayments deal={deal} moves={moves} isReadOnly={isReadOnly} />
      <DealPeople deal={deal} isReadOnly={isReadOnly} />
      <Activities items={deal.activities} onCall={onCall} />
      {!isReadOnly && (
        <Part>
          <DealTasks deal={{ id: deal.id, name: titleOf(deal) }} contact={deal.contact} />
          <DealDocuments dealId={deal.id} />
        </Part>
      )}
      <PathFields path={deal} tracked={deal.tracked} isReadOnly={isReadOnly} onSave={save} />
      <SavedNote value={deal.note} isReadOnly={isReadOnly} onSave={(note) => save({ note })} />
      <History deal={deal} />
      {(me.role === 'admin' || me.role === 'supervisor') && (
        <ConfirmButton
          text={t('crm.deal.removeText', { name: titleOf(deal) })}
          confirm={t('crm.deal.remove')}
          onConfirm={() => remove.mutate()}
        >
          {(ask) => (
            <Button
              variant="subtle"
              color="rust"
              size="xs"
              w="fit-content"
              leftSection={<IconTrash size={15} />}
              loading={remove.isPending}
              onClick={ask}
              data-testid="deal-remove"
            >
              {t('crm.deal.remove')}
            </Button>
          )}
        </ConfirmButton>
      )}
    </div>
  )
}

/** One deal in full; what is changed is saved when the field is left. */
export default function DealDrawer(props: { dealId: string; moves: DealMoves; onClose: () => void }) {
  const { dealId, moves, onClose } = props
  const { t } = useTranslation()
  const deal = useDeal(dealId)
  return (
    <CrmDrawer title={t('crm.deal.title')} query={deal} onClose={onClose} testId="deal-drawer">
      {(data, openCall) => (
        <Body key={data.id} deal={data} moves={moves} onGone={onClose} onCall={openCall} />
      )}
    </CrmDrawer>
  )
}
