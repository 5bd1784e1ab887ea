import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient
} from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Project, TaskCounts, TaskItem, TaskTimes, Timer } from '../../../api/contract/tasks.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { all } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { shownTitle } from './words.ts'

/** What the feed does not tell of: a task that somebody made, a time that has come. */
const refetchInterval = 30_000
const undoMs = 10_000

export type TaskFilter = Record<string, string | null | undefined>

export const useTasks = (filter: TaskFilter) =>
  useInfiniteQuery({
    queryKey: ['work', 'list', filter],
    queryFn: ({ pageParam }) =>
      api<Page<TaskItem>>('GET', `/api/tasks${query({ ...filter, limit: 100, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval
  })

/** All tasks of a stretch of the calendar, or of a project: a screen of them. */
export const useTasksOf = (filter: TaskFilter) =>
  useQuery({
    queryKey: ['work', 'screen', filter],
    queryFn: async () => {
      const items: TaskItem[] = []
      let cursor: string | null = null
      do {
        const page: Page<TaskItem> = await api('GET', `/api/tasks${query({ ...filter, limit: 200, cursor })}`)
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null && items.length < 1000)
      return items
    },
    placeholderData: keepPreviousData,
    refetchInterval
  })

export const useTask = (id: string | null) =>
  useQuery({
    queryKey: ['work', 'one', id],
    queryFn: () => api<TaskItem>('GET', `/api/tasks/${id ?? ''}`),
    enabled: id !== null
  })

export const useCounts = () =>
  useQuery({
    queryKey: ['work', 'counts'],
    queryFn: () => api<TaskCounts>('GET', '/api/tasks/counts'),
    refetchInterval
  })

export const useTimes = (taskId: string) =>
  useQuery({
    queryKey: ['work', 'times', taskId],
    queryFn: () => api<TaskTimes>('GET', `/api/tasks/${taskId}/times`)
  })

export const useTimer = () =>
  useQuery({
    queryKey: ['work', 'timer'],
    queryFn: () => api<Timer>('GET', '/api/me/timer'),
    refetchInterval
  })

export const useProjects = () =>
  useQuery({ queryKey: ['work', 'projects'], queryFn: () => all<Project>('/api/projects') })

export function useWorkChanged(): () => Promise<unknown> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['work'] })
}

export interface TaskMoves {
  /** Saves a change; the undo puts back what it was. */
  save: (task: TaskItem, body: Partial<TaskItem>, said?: string) => void
  done: (task: TaskItem, result?: string) => void
  reopen: (task: TaskItem) => void
  giveUp: (task: TaskItem) => void
  setTimer: (task: { id: string }, isRunning: boolean) => void
  isBusy: boolean
}

/** What can be done with a task anywhere; each can be taken back for a while. */
export function useTaskMoves(): TaskMoves {
  const { t } = useTranslation()
  const changed = useWorkChanged()
  const onError = (error: Error): void => toast('rust', explain(error))
  const patch = useMutation({
    mutationFn: ({ id, body }: { id: string; body: object; said?: string; back?: object }) =>
      api<TaskItem>('PATCH', `/api/tasks/${id}`, body),
    onSuccess: async (_, { id, said, back }) => {
      if (said !== undefined)
        toast(
          'pine',
          said,
          undoMs,
          back ? { label: t('tasks.undo'), run: () => patch.mutate({ id, body: back }) } : null
        )
      await changed()
    },
    onError
  })
  const timer = useMutation({
    mutationFn: ({ id, isRunning }: { id: string; isRunning: boolean }) =>
      api('PUT', `/api/tasks/${id}/timer`, { isRunning }),
    onSuccess: changed,
    onError
  })
  const title = (task: TaskItem): string => shownTitle(task)
  return {
    save: (task, body, said) => {
      const back = Object.fromEntries(Object.keys(body).map((key) => [key, task[key as keyof TaskItem]]))
      patch.mutate({ id: task.id, body, back, ...(said !== undefined && { said }) })
    },
    done: (task, result) =>
      patch.mutate({
        id: task.id,
        body: { state: 'done', ...(result && { result }) },
        back: { state: 'open' },
        said: t('tasks.wasDone', { title: title(task) })
      }),
    reopen: (task) =>
      patch.mutate({
        id: task.id,
        body: { state: 'open' },
        back: { state: task.state, ...(task.result && { result: task.result }) },
        said: t('tasks.wasReopened', { title: title(task) })
      }),
    giveUp: (task) =>
      patch.mutate({
        id: task.id,
        body: { state: 'cancelled' },
        back: { state: 'open' },
        said: t('tasks.wasGivenUp', { title: title(task) })
      }),
    setTimer: ({ id }, isRunning) => timer.mutate({ id, isRunning }),
    isBusy: patch.isPending || timer.isPending
  }
}
