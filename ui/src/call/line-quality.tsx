import { Badge, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { useMe } from '../session/session.ts'
import { levelOfLeg } from './leg-level.ts'
import { useLegQuality } from './queries.ts'

const colors = { good: 'pine', fair: 'amber', poor: 'rust' } as const

/** How each operator's browser telephone heard and was heard; nothing where none has measured. */
export function CallQuality({ call }: { call: JournalCallWithLegs }) {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const quality = useLegQuality(call.id, me.role !== 'marketer')
  const figure = (value: number, digits = 0): string =>
    value.toLocaleString(i18n.language, { maximumFractionDigits: digits })
  if (!quality.data || quality.data.items.length === 0) return null
  return (
    <section data-testid="call-quality">
      <div className="eyebrow">{t('legQuality.title')}</div>
      {quality.data.items.map((leg) => {
        const level = levelOfLeg(leg)
        const { mos, worstMos, loss, jitterMs, rttMs, reconnects, problems } = leg
        const figures = [
          mos !== null && t('legQuality.mos', { mos: figure(mos, 1) }),
          worstMos !== null && t('legQuality.worst', { mos: figure(worstMos, 1) }),
          loss !== null && t('legQuality.loss', { share: figure(loss * 100, 1) }),
          jitterMs !== null && t('legQuality.jitter', { ms: figure(jitterMs) }),
          rttMs !== null && t('legQuality.rtt', { ms: figure(rttMs) })
        ].filter(Boolean)
        const wrong = [
          ...problems.map((problem) => t(`legQuality.problem.${problem}`)),
          ...(reconnects > 0 ? [t('legQuality.reconnects', { count: reconnects })] : [])
        ]
        return (
          <div key={leg.leg} data-testid="leg-quality" data-level={level ?? 'unknown'}>
            <Group gap="xs">
              <Text fz="sm" fw={580}>
                {call.legs.find((each) => each.leg === leg.leg)?.userName ?? t('legQuality.unknownLeg')}
              </Text>
              <Badge color={level ? colors[level] : 'gray'} variant="light" tt="none" radius="sm">
                {t(`legQuality.level.${level ?? 'unknown'}`)}
              </Badge>
            </Group>
            {figures.length > 0 && (
              <Text fz="sm" c="dimmed" className="num">
                {figures.join(' · ')}
              </Text>
            )}
            {wrong.length > 0 && <Text fz="sm">{wrong.join(' ')}</Text>}
          </div>
        )
      })}
    </section>
  )
}
