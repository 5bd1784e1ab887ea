import { useEffect, useState } from 'react'

/** A value, once it has stayed the same for so long: a search is asked for when the typing stops. */
export function useLater<T>(value: T, ms: number): T {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return later
}
