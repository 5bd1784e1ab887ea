import { z } from 'zod'
import type { Block } from '../block.ts'
import { tagList } from './common.ts'

const settings = z
  .object({ add: tagList.default([]), remove: tagList.default([]) })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    error: 'needs a tag to add or to remove',
    path: ['add']
  })
  .refine(({ add, remove }) => !add.some((tag) => remove.includes(tag)), {
    error: 'must not remove a tag that it adds',
    path: ['remove']
  })

type Settings = z.infer<typeof settings>

/** Puts tags on the call, or takes them off. */
export const tag: Block<Settings, null> = {
  type: 'tag',
  settings,
  instantExits: ['next'],
  exits: () => ['next'],
  enter: ({ add, remove }) => ({ state: null, effects: [{ do: 'tag', add, remove }], exit: 'next' }),
  on: {}
}
