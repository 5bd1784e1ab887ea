import { Group, Skeleton, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams } from 'react-router'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { RemoveButton } from '../settings/remove-button.tsx'
import { AddressTabs, Back } from './tabs.tsx'

interface Props<T, N extends string> {
  id: string
  /** Name of the collection in the API. */
  things: 'sites' | 'number-pools'
  /** Where the list of them is. */
  home: string
  back: string
  /** What is said when it is there no more. */
  gone: string
  names: readonly N[]
  /** The tab that opens first. */
  first: (item: T) => N
  tabLabel: (name: N) => string
  content: (item: T) => Readonly<Record<N, () => ReactNode>>
  heading: (item: T) => ReactNode
  mayRemove: boolean
  removeText?: (item: T) => string
  testId: string
}

/** The page of one thing of a list: its name, its tabs in the address, and its removal. */
export function OnePage<T extends { id: string; name: string }, N extends string>(props: Props<T, N>) {
  const { id, things, home, names, removeText } = props
  const { t } = useTranslation()
  const { tab } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const all = useAll<T>(things)
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/${things}/${id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      await navigate(home)
    },
    onError: (error) => toast('rust', explain(error))
  })
  const back = <Back to={home} label={props.back} />
  if (all.isPending) return <Skeleton height={320} radius="lg" />
  const item = all.data?.find((one) => one.id === id)
  if (!item)
    return (
      <>
        {back}
        <Text mt="md">{all.isError ? explain(all.error) : props.gone}</Text>
      </>
    )
  const chosen = names.find((name) => name === tab)
  if (!chosen) return <Navigate to={`${home}/${id}/${props.first(item)}`} replace />
  const content = props.content(item)
  return (
    <section data-testid={props.testId}>
      {back}
      <Group justify="space-between" align="flex-start" mb="sm" wrap="nowrap">
        <div>{props.heading(item)}</div>
        {props.mayRemove && (
          <RemoveButton
            name={item.name}
            text={removeText?.(item) ?? t('common.removeText', { name: item.name })}
            onConfirm={() => remove.mutate()}
            testId={`remove-${things}`}
          />
        )}
      </Group>
      <AddressTabs
        base={`${home}/${id}`}
        tab={chosen}
        label={item.name}
        tabs={names.map((name) => ({ name, label: props.tabLabel(name), content: content[name] }))}
      />
    </section>
  )
}
