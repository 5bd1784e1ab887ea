import { Anchor, Button, Drawer, Group, Text } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { SystemUpdate } from '../../../api/contract/system.ts'
import { api } from '../lib/api.ts'
import { Points } from './points.tsx'
import styles from './system.module.css'
import { updateKey, useUpdate } from './use-update.ts'

/** Tells an admin once that Ringtrace was updated, and what is new. The system page keeps telling it. */
export default function UpdateBanner() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data } = useUpdate()
  const [isOpen, setOpen] = useState(false)
  const seen = useMutation({
    mutationFn: () => api('POST', '/api/system/update/seen'),
    // Should the server not hear of it, the banner is back after a reload: no harm.
    onMutate: () =>
      client.setQueryData<SystemUpdate>(updateKey, (old) => (old ? { ...old, isSeen: true } : undefined))
  })
  if (!data || (data.isSeen && !isOpen)) return null
  const title =
    data.previousVersion === null || data.previousVersion === data.version
      ? t('updates.same', { version: data.version })
      : t('updates.updated', { version: data.version, previous: data.previousVersion })
  return (
    <>
      {!data.isSeen && (
        <div className={styles.update} role="status" data-testid="update-banner">
          <IconSparkles size={17} color="var(--mantine-color-pine-text)" aria-hidden />
          <Text fz="sm" fw={580}>
            {title}
          </Text>
          <Group gap={6}>
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => {
                setOpen(true)
                seen.mutate()
              }}
              data-testid="update-open"
            >
              {t('updates.look')}
            </Button>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => seen.mutate()}>
              {t('updates.hide')}
            </Button>
          </Group>
        </div>
      )}
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="right"
        size="lg"
        title={title}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <div data-testid="update-points">
          <Points points={data.fresh} />
        </div>
        <Text fz="sm" c="dimmed" mt="md">
          {t('updates.later')}{' '}
          <Anchor
            component={Link}
            to="/settings/system#news"
            fz="sm"
            underline="always"
            onClick={() => setOpen(false)}
          >
            {t('updates.system')}
          </Anchor>
        </Text>
      </Drawer>
    </>
  )
}
