import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { ChangedMeanwhile, meanwhileOf, type Meanwhile } from '../lib/meanwhile.tsx'
import { merge, type Merge } from '../lib/merge.ts'
import { toast } from '../lib/toast.tsx'
import { FieldInput, type Field, type Value, type Values } from './form-fields.tsx'

export interface Part {
  title: string
  text?: string
  fields: readonly Field[]
  /** Inputs that no plain field can be; they read and write the values themselves. */
  more?: (values: Values, set: (name: string, value: Value) => void) => ReactNode
}

interface Props<T> {
  title: string
  /** Below something else on its page: its title is not that of the page. */
  isPart?: boolean
  text: string
  path: string
  method: 'PUT' | 'PATCH'
  parts: readonly Part[]
  toForm: (settings: T) => Values
  /** `before` is what the server gave: what the form does not show goes back as it was. */
  toBody: (values: Values, before: T) => object
}

/** One set of rules of the whole company, in parts with a heading each. */
export function SettingsForm<T>(props: Props<T>) {
  const { t } = useTranslation()
  const { title, isPart = false, text, path } = props
  const settings = useQuery({
    queryKey: ['settings', path],
    queryFn: () => api<T>('GET', path),
    staleTime: 0
  })
  return (
    <section>
      <Title order={isPart ? 2 : 1} size="h2">
        {title}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {text}
      </Text>
      {settings.isPending && <Skeleton height={240} radius="lg" />}
      {settings.isError && !settings.data && (
        <Stack align="flex-start">
          <Text>{explain(settings.error)}</Text>
          <Button variant="default" onClick={() => inBackground(settings.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {settings.data !== undefined && (
        <Form key={settings.dataUpdatedAt} {...props} settings={settings.data} />
      )}
    </section>
  )
}

function Form<T>({ path, method, parts, toForm, toBody, settings }: Props<T> & { settings: T }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  /** What the values were made from; those of somebody else once they saved first. */
  const [from, setFrom] = useState(settings)
  const [values, setValues] = useState(() => toForm(settings))
  const [theirs, setTheirs] = useState<(Omit<Merge<Values>, 'merged'> & Meanwhile<T>) | null>(null)
  const set = (name: string, value: Value): void => setValues((old) => ({ ...old, [name]: value }))
  const save = useMutation({
    mutationFn: () => saveOver(from, values),
    onSuccess: async () => {
      toast('pine', t('common.saved'))
      await client.invalidateQueries({ queryKey: ['settings', path] })
    }
  })
  /** Saves; what somebody else saved first is merged into the form, and told unless it is nothing of this form's. */
  async function saveOver(base: T, wanted: Values): Promise<void> {
    try {
      await api(method, path, toBody(wanted, base))
    } catch (error) {
      const other = meanwhileOf<T>(error)
      if (other === null) throw error
      const { merged, ...found } = merge(toForm(base), wanted, toForm(other.item))
      setFrom(other.item)
      setValues(merged)
      if (found.taken.length + found.both.length === 0) return saveOver(other.item, merged)
      setTheirs({ ...other, ...found })
      throw error
    }
  }
  const wordOf = (name: string): string => {
    const field = parts.flatMap((part) => part.fields).find((one) => name.split('.').includes(one.name))
    return field?.label ?? parts.find(({ more }) => more)?.title ?? name
  }
  const words = (names: readonly string[]): string[] => [...new Set(names.map(wordOf))]
  const errors = fieldErrors(save.error)
  const shown = parts.flatMap((part) => part.fields.map((field) => field.name))
  const last = (name: string): string => name.split('.').find((step) => shown.includes(step)) ?? name
  const errorOf = (name: string): string | undefined =>
    Object.entries(errors).find(([at]) => last(at) === name)?.[1]
  const homeless = Object.entries(errors).filter(([at]) => !shown.includes(last(at)))
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={onSubmit} data-testid="settings-form">
      <Stack gap="md" maw={680}>
        {parts.map((part) => (
          <div key={part.title} className="sheet" style={{ padding: '16px 20px 20px' }}>
            <Text fw={620}>{part.title}</Text>
            {part.text && (
              <Text c="dimmed" fz="sm">
                {part.text}
              </Text>
            )}
            <Stack gap="sm" mt="sm">
              {part.fields
                .filter((field) => field.when?.(values) ?? true)
                .map((field) => (
                  <FieldInput
                    key={field.name}
                    field={field}
                    value={values[field.name] ?? null}
                    error={errorOf(field.name)}
                    onChange={(value) => set(field.name, value)}
                  />
                ))}
              {part.more?.(values, set)}
            </Stack>
          </div>
        ))}
        {theirs && (
          <ChangedMeanwhile
            by={theirs}
            taken={words(theirs.taken)}
            both={words(theirs.both)}
            onReload={() => {
              setValues(toForm(theirs.item))
              setTheirs(null)
              save.reset()
            }}
          />
        )}
        {save.isError && meanwhileOf(save.error) === null && (
          <Alert color="rust" role="alert">
            {explain(save.error)} {homeless.map(([name, message]) => `${name}: ${message}`).join('; ')}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} data-testid="settings-save">
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
