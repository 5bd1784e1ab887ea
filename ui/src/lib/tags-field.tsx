import { TagsInput, type TagsInputProps } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'

/**
 * Words put on one by one, some of them offered. Mantine goes on naming the offered word that was taken last to screen
 * readers, though it is gone from the open list; what is named here is there (WAI-ARIA 1.2, `aria-activedescendant`).
 */
export function TagsField(props: TagsInputProps) {
  const input = useRef<HTMLInputElement>(null)
  // Held here, so that each letter comes by the look below.
  const [search, setSearch] = useState('')
  useLayoutEffect(() => {
    const named = input.current?.getAttribute('aria-activedescendant')
    if (named && !document.getElementById(named)) input.current?.removeAttribute('aria-activedescendant')
  })
  return <TagsInput ref={input} searchValue={search} onSearchChange={setSearch} {...props} />
}
