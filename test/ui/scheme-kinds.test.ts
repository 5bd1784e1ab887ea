import { expect } from 'chai'
import { blockKinds } from '../../ivr/blocks/index.ts'
import { fieldsOf } from '../../ivr/fields.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { simulate } from '../../ivr/simulate.ts'
import { validateScheme } from '../../ivr/validate.ts'
import { schemeBlocks as en } from '../../ui/src/i18n/en/scheme-blocks.ts'
import { schemeBlocks as ru } from '../../ui/src/i18n/ru/scheme-blocks.ts'
import { shownFields } from '../../ui/src/schemes/fields-shown.ts'
import { edit, exitsOf, startEditing } from '../../ui/src/schemes/model.ts'

/** What somebody has to fill in before such a block can be published; the others are ready as they come. */
const needed: Readonly<Record<string, readonly [string, unknown][]>> = {
  ring: [['groupId', 'sales']],
  queue: [['groupId', 'sales']],
  external: [['number', '+74951234567']],
  lookup: [['url', 'https://crm.example.com/route']],
  tag: [['add', ['wholesale']]],
  goto: [['schemeId', 'other']]
}
const known = { groupIds: new Set(['sales']), schemeIds: new Set(['other']) }
const other: Scheme = {
  locale: 'ru',
  start: 'end',
  blocks: { end: { type: 'hangup', settings: {}, exits: {} } }
}
const blank: Scheme = { locale: 'ru', start: '', blocks: {} }
const at = { x: 0, y: 0 }

/** A block fresh from the palette, and the same with what it needs and every exit led to a last block. */
function drawn(type: string): { fresh: Scheme; ready: Scheme } {
  const fresh = edit(startEditing(blank), { do: 'add', type, label: '', at })
  let next = fresh
  for (const [name, value] of needed[type] ?? [])
    next = edit(next, { do: 'setting', block: type, name, value })
  next = edit(next, { do: 'add', type: 'hangup', label: 'The end', at })
  const end = next.chosen[0] ?? ''
  const block = next.scheme.blocks[type]
  for (const exit of block ? exitsOf(block) : [])
    next = edit(next, { do: 'connect', block: type, exit, target: end })
  return { fresh: fresh.scheme, ready: next.scheme }
}

const errors = (scheme: Scheme) =>
  validateScheme(scheme, known).filter(({ severity }) => severity === 'error')
const textAt = (texts: object, ...path: string[]): unknown =>
  path.reduce<unknown>((from, key) => (from as Record<string, unknown> | undefined)?.[key], texts)

describe('Each kind of block in the editor', () => {
  for (const type of blockKinds.keys()) {
    it(`${type}: is drawn, filled in, free of errors then, and imagined`, () => {
      const { fresh, ready } = drawn(type)
      const wanting = errors(fresh).map(({ path }) => path?.split('.')[0])
      expect(wanting).to.deep.equal((needed[type] ?? []).map(([name]) => name))
      expect(errors(ready)).to.deep.equal([])
      const { path, outcome } = simulate(ready, {
        ...{ atMs: Date.parse('2026-11-25T09:00:00Z'), presses: '1', operators: [], ownerId: null },
        schemes: { other }
      })
      expect(path[0]?.block).to.equal(type)
      expect(outcome).to.not.be.oneOf(['broken', 'endless'])
    })

    it(`${type}: is named with all it has in both languages`, () => {
      const block = drawn(type).ready.blocks[type]
      if (!block) throw new Error('It was not drawn')
      const names = fieldsOf(type).map(({ name }) => name)
      const { usual, others } = shownFields(type, fieldsOf(type), block.settings)
      for (const { name } of [...usual, ...others]) expect(names).to.include(name)
      const own = [...exitsOf(block)].filter((exit) => !/^([0-9*#]|code:.*)$/.test(exit) && exit !== 'new')
      for (const texts of [en, ru]) {
        const missing = [
          ['kind', type],
          ['kindHelp', type],
          ...names.map((name) => ['setting', name]),
          ...fieldsOf(type).flatMap(({ kind, options }) =>
            kind === 'choice' ? options.map((option) => ['choice', option]) : []
          ),
          ...own.map((exit) => ['exit', exit])
        ].filter((path) => typeof textAt(texts.blocks, ...path) !== 'string')
        expect(missing).to.deep.equal([])
      }
    })
  }
})
