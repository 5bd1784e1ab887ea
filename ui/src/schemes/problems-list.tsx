import { Alert, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'
import { blockWord, problemWord } from './words.ts'
import styles from './schemes.module.css'

interface Props {
  scheme: Scheme
  problems: readonly SchemeProblem[]
  onLook: (block: string | null) => void
}

/** Everything that is wrong, errors first; each leads to its block. */
export function ProblemsList({ scheme, problems, onLook }: Props) {
  const { t } = useTranslation()
  const errors = problems.filter(({ severity }) => severity === 'error')
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  return (
    <Stack gap={6} p="md" data-testid="problems">
      {problems.length === 0 && (
        <Alert color="pine" icon={<IconCircleCheck size={18} />}>
          {t('schemes.problems.none')}
        </Alert>
      )}
      {[errors, warnings].map((list, index) =>
        list.length === 0 ? null : (
          <Stack key={index} gap={4} mb={8}>
            <Text className="eyebrow">
              {index === 0
                ? t('schemes.problems.errors', { count: list.length })
                : t('schemes.problems.warnings', { count: list.length })}
            </Text>
            {list.map((problem, at) => (
              <UnstyledButton
                key={at}
                className={styles.problem ?? ''}
                data-severity={problem.severity}
                onClick={() => onLook(problem.block)}
                data-testid="problem"
              >
                <IconAlertTriangle size={15} aria-hidden className={styles.problemIcon ?? ''} />
                <span>
                  <b>
                    {problem.block === null ? t('schemes.problems.scheme') : blockWord(scheme, problem.block)}
                  </b>
                  <span>
                    {problemWord(problem, problem.block === null ? null : blockOf(scheme, problem.block))}
                  </span>
                </span>
              </UnstyledButton>
            ))}
          </Stack>
        )
      )}
    </Stack>
  )
}
