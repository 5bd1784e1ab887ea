import { Alert, Badge, Button, Group, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeVersion } from '../../../api/contract/access.ts'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { Changes } from './changes.tsx'
import type { Edit } from './model.ts'
import styles from './schemes.module.css'

interface Props {
  schemeId: string
  scheme: Scheme
  publishedVersion: number | null
  /** Newest first; undefined while they are fetched. */
  versions: readonly SchemeVersion[] | undefined
  onEdit: (edit: Edit) => void
  onRolledBack: (record: SchemeRecord) => void
}

/** Everything that has been published: what changed since, and the way back. */
export function Versions({ schemeId, scheme, publishedVersion, versions, onEdit, onRolledBack }: Props) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<number | null>(null)
  const rollback = useMutation({
    mutationFn: (version: number) =>
      api<SchemeRecord>('POST', `/api/schemes/${schemeId}/rollback`, { version }),
    onSuccess: (record, of) => {
      toast('pine', t('schemes.versions.rolledBack', { of, version: record.publishedVersion ?? 0 }))
      onRolledBack(record)
    }
  })
  if (!versions) return <Skeleton height={80} m="md" />
  if (versions.length === 0) {
    return (
      <Text p="md" fz="sm" c="dimmed">
        {t('schemes.versions.none')}
      </Text>
    )
  }
  const chosen = opened ?? versions[0]?.version ?? null
  return (
    <Stack gap={6} p="md" data-testid="versions">
      {versions.map(({ version, publishedAt, publishedBy, body }) => (
        <div key={version} className={styles.version} data-opened={chosen === version || undefined}>
          <UnstyledButton
            w="100%"
            onClick={() => setOpened(version)}
            aria-expanded={chosen === version}
            data-testid={`version-${version}`}
          >
            <Group justify="space-between" gap={8}>
              <Text fw={600}>{t('schemes.versions.version', { version })}</Text>
              {version === publishedVersion && (
                <Badge variant="light" tt="none">
                  {t('schemes.versions.current')}
                </Badge>
              )}
            </Group>
            <Text fz="xs" c="dimmed">
              {publishedBy
                ? t('schemes.versions.by', { name: publishedBy.name, when: fullTime(publishedAt) })
                : fullTime(publishedAt)}
            </Text>
          </UnstyledButton>
          {chosen === version && (
            <Stack gap={8} mt={8}>
              <Text className="eyebrow">{t('schemes.versions.toDraft')}</Text>
              <Changes
                before={body as unknown as Scheme}
                after={scheme}
                nothing={t('schemes.versions.same')}
              />
              <Group gap={6}>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => {
                    onEdit({ do: 'replace', scheme: body as unknown as Scheme })
                    toast('pine', t('schemes.versions.taken', { version }))
                  }}
                  data-testid={`take-${version}`}
                >
                  {t('schemes.versions.take')}
                </Button>
                {version !== publishedVersion && (
                  <ConfirmButton
                    text={t('schemes.versions.rollbackText', { version })}
                    confirm={t('schemes.versions.rollback')}
                    onConfirm={() => rollback.mutate(version)}
                  >
                    {(ask) => (
                      <Button
                        size="xs"
                        variant="light"
                        loading={rollback.isPending}
                        onClick={ask}
                        data-testid={`rollback-${version}`}
                      >
                        {t('schemes.versions.rollback')}
                      </Button>
                    )}
                  </ConfirmButton>
                )}
              </Group>
              {rollback.isError && rollback.variables === version && (
                <Alert color="rust" role="alert">
                  {explain(rollback.error)} {Object.values(fieldErrors(rollback.error)).join('; ')}
                </Alert>
              )}
            </Stack>
          )}
        </div>
      ))}
    </Stack>
  )
}
