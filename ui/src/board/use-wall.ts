import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Wall } from '../../../api/contract/wall.ts'
import { api } from '../lib/api.ts'
import { alarm } from '../softphone/ring.ts'

const refreshMs = 2000

/** Today's figures and limits, two seconds old at most. */
export function useWall() {
  return useQuery({
    queryKey: ['wall'],
    queryFn: () => api<Wall>('GET', '/api/wall'),
    refetchInterval: refreshMs,
    staleTime: 0,
    refetchIntervalInBackground: true
  })
}

/** Sounds once when something turns red, and again only after it was not. */
export function useAlarm(isRed: boolean, hasSound: boolean): void {
  const was = useRef(false)
  useEffect(() => {
    if (isRed && !was.current && hasSound) alarm()
    was.current = isRed
  }, [isRed, hasSound])
}
