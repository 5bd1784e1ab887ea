import { expect } from 'chai'
import type { Scheme } from '../../ivr/scheme.ts'
import { shopScheme } from '../../ivr/templates.ts'
import { layOut } from '../../ui/src/schemes/layout.ts'
import { edit, startEditing, type Edit, type Editing } from '../../ui/src/schemes/model.ts'

const shop = shopScheme({ salesGroupId: 'sales', serviceGroupId: 'service' }, { locale: 'en' })
const at = { x: 0, y: 0 }

function after(scheme: Scheme, ...edits: Edit[]): Editing {
  return edits.reduce(edit, startEditing(scheme))
}

const blank: Scheme = { locale: 'ru', start: '', blocks: {} }

describe('Drawing a scheme', () => {
  it('begins the call at the first block, and draws on from an exit', () => {
    const { scheme, chosen } = after(
      blank,
      { do: 'add', type: 'greeting', label: 'Hello', at },
      { do: 'add', type: 'greeting', label: 'Again', at, from: { block: 'greeting', exit: 'next' } }
    )
    expect(scheme.start).to.equal('greeting')
    expect(scheme.blocks['greeting']?.exits).to.deep.equal({ next: 'greeting-2' })
    expect(chosen).to.deep.equal(['greeting-2'])
  })

  it('goes back and forth step by step, and typing is one step', () => {
    const typed = after(
      shop,
      { do: 'label', block: 'menu', label: 'M' },
      { do: 'label', block: 'menu', label: 'Me' },
      { do: 'connect', block: 'menu', exit: '1', target: 'service' }
    )
    const once = edit(typed, { do: 'undo' })
    expect(once.scheme.blocks['menu']?.label).to.equal('Me')
    const twice = edit(once, { do: 'undo' })
    expect(twice.scheme).to.equal(shop)
    expect(edit(twice, { do: 'undo' })).to.equal(twice)
    const again = edit(edit(twice, { do: 'redo' }), { do: 'redo' })
    expect(again.scheme).to.equal(typed.scheme)
    expect(edit(again, { do: 'redo' })).to.equal(again)
  })

  it('takes no step for what changes nothing', () => {
    const same = after(
      shop,
      { do: 'connect', block: 'menu', exit: '1', target: 'sales' },
      { do: 'move', to: { menu: shop.blocks['menu']?.position ?? at } },
      { do: 'remove', blocks: ['gone'] },
      { do: 'label', block: 'constructor', label: 'x' }
    )
    expect(same.scheme).to.equal(shop)
    expect(same.past).to.deep.equal([])
  })

  it('leads nowhere where a block was taken away, and begins at another', () => {
    const { scheme } = after(shop, { do: 'remove', blocks: ['hours', 'message'] })
    expect(scheme.start).to.not.equal('hours')
    expect(scheme.blocks).to.have.property(scheme.start)
    expect(scheme.blocks['busy']?.exits).to.deep.equal({ next: null })
    expect(scheme.blocks['menu']?.exits).to.deep.equal(shop.blocks['menu']?.exits)
  })

  it('keeps the way of an exit that gets another name, and drops those that are gone', () => {
    const keys = (...digits: string[]): Edit => ({
      do: 'setting',
      block: 'menu',
      name: 'options',
      value: digits.map((digit) => ({ digit }))
    })
    expect(after(shop, keys('1', '5')).scheme.blocks['menu']?.exits).to.deep.equal({
      1: 'sales',
      5: 'service',
      noInput: 'sales',
      wrongInput: 'sales'
    })
    expect(after(shop, keys('2')).scheme.blocks['menu']?.exits).to.deep.equal({
      2: 'service',
      noInput: 'sales',
      wrongInput: 'sales'
    })
  })

  it('pastes copies with the ways among themselves, under names of their own', () => {
    const { menu, sales } = shop.blocks
    if (!menu || !sales) throw new Error('The template has changed')
    const { scheme, chosen } = after(shop, { do: 'paste', blocks: { menu, sales }, by: { x: 40, y: 40 } })
    expect(chosen).to.deep.equal(['menu-2', 'ring'])
    expect(scheme.blocks['menu-2']?.exits).to.include({ 1: 'ring', 2: 'service' })
    const elsewhere = after(blank, { do: 'paste', blocks: { menu, sales }, by: at }).scheme
    expect(elsewhere.start).to.equal('menu')
    expect(elsewhere.blocks['menu']?.exits).to.include({ 1: 'ring', 2: null })
  })

  it('finds a place for every block, none over another', () => {
    const circle = after(shop, { do: 'connect', block: 'message', exit: 'next', target: 'hours' }).scheme
    const lost = { type: 'hangup', settings: {}, exits: {} }
    const scheme = { ...circle, blocks: { ...circle.blocks, lost } }
    const places = Object.entries(layOut(scheme))
    expect(places.map(([id]) => id).toSorted()).to.deep.equal(Object.keys(scheme.blocks).toSorted())
    for (const [id, a] of places) {
      for (const [other, b] of places) {
        const isApart = Math.abs(a.x - b.x) >= 236 || Math.abs(a.y - b.y) >= 58
        expect(id === other || isApart, `${id} and ${other}`).to.equal(true)
      }
    }
    const laid = layOut(scheme)
    expect(laid['menu']?.x).to.be.greaterThan(laid['hours']?.x ?? Infinity)
  })
})
