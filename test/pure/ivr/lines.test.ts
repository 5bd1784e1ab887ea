import { expect } from 'chai'
import type { Scheme } from '../../../ivr/scheme.ts'
import { templates } from '../../../ivr/template-list.ts'
import { blockBeside } from '../../../ui/src/schemes/beside.ts'
import { lanesOf } from '../../../ui/src/schemes/lanes.ts'
import { blockHeight, blockWidth, layOut } from '../../../ui/src/schemes/layout.ts'
import { exitsOf } from '../../../ui/src/schemes/model.ts'

const placed = (scheme: Scheme): Scheme => {
  const places = layOut(scheme)
  const blocks = Object.entries(scheme.blocks).map(([id, block]) => {
    const position = places[id]
    return [id, position ? { ...block, position } : block] as const
  })
  return { ...scheme, blocks: Object.fromEntries(blocks) }
}

const greeting = (next: string | null, x: number, y: number) => ({
  type: 'greeting',
  settings: {},
  exits: { next },
  position: { x, y }
})

describe('lines of a scheme', () => {
  const column = blockWidth + 96

  it('run past the block between two, at a height where nothing stands', () => {
    const blocks = {
      first: greeting('last', 0, 0),
      between: greeting(null, column, 0),
      last: greeting(null, column * 2, 0)
    }
    const lanes = lanesOf({ locale: 'ru', start: 'first', blocks })
    const lane = lanes.get('first next') ?? 0
    expect([...lanes.keys()]).to.deep.equal(['first next'])
    expect(lane < 0 || lane > blockHeight(1)).to.equal(true)
  })

  it('go as they like where nothing is in the way', () => {
    const blocks = {
      first: greeting('last', 0, 0),
      aside: greeting(null, column, 600),
      last: greeting(null, column * 2, 0)
    }
    expect(lanesOf({ locale: 'ru', start: 'first', blocks }).size).to.equal(0)
  })

  it('do not lie upon one another', () => {
    const scheme = {
      locale: 'ru' as const,
      start: 'menu',
      blocks: {
        menu: {
          type: 'menu',
          settings: { options: [{ digit: '1' }, { digit: '2' }] },
          exits: { '1': 'last', '2': 'last', noInput: 'last', wrongInput: 'last' },
          position: { x: 0, y: 0 }
        },
        between: greeting(null, column, 0),
        last: greeting(null, column * 2, 0)
      }
    }
    const heights = [...lanesOf(scheme).values()].toSorted((a, b) => a - b)
    expect(heights.length).to.be.greaterThan(1)
    for (const [index, height] of heights.entries())
      if (index > 0) expect(height - (heights[index - 1] ?? 0)).to.be.at.least(8)
  })

  it('go behind no block in any template that was tidied up', () => {
    for (const { id, make } of templates) {
      const scheme = placed(make({ groups: {} }))
      for (const [key, lane] of lanesOf(scheme)) {
        const [from = '', exit = ''] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
        const source = scheme.blocks[from]
        const target = scheme.blocks[source?.exits[exit] ?? '']
        const xs = [(source?.position?.x ?? 0) + blockWidth, target?.position?.x ?? 0]
        for (const [other, block] of Object.entries(scheme.blocks)) {
          const { x, y } = block.position ?? { x: 0, y: 0 }
          const isBetween = x + blockWidth > Math.min(...xs) && x < Math.max(...xs)
          const isAt = lane > y && lane < y + blockHeight(exitsOf(block).length)
          expect(isBetween && isAt, `${id}: ${key} behind ${other}`).to.equal(false)
        }
      }
    }
  })
})

describe('the arrow keys of the editor', () => {
  const scheme: Scheme = {
    locale: 'ru',
    start: 'a',
    blocks: {
      a: greeting('b', 0, 0),
      b: greeting('d', 400, 0),
      c: greeting(null, 400, 300),
      d: greeting(null, 800, 0)
    }
  }

  it('go along the lines, and back', () => {
    expect(blockBeside(scheme, 'a', 'right')).to.equal('b')
    expect(blockBeside(scheme, 'd', 'left')).to.equal('b')
  })

  it('go up and down to what stands there', () => {
    expect(blockBeside(scheme, 'b', 'down')).to.equal('c')
    expect(blockBeside(scheme, 'c', 'up')).to.equal('b')
  })

  it('go to the nearest block where no line leads on, and nowhere where there is none', () => {
    expect(blockBeside(scheme, 'c', 'right')).to.equal('d')
    expect(blockBeside(scheme, 'd', 'right')).to.equal(null)
    expect(blockBeside(scheme, 'nobody', 'left')).to.equal(null)
  })
})
