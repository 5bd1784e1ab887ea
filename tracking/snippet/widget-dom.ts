type Attributes = Record<string, string | boolean | EventListener>
type Child = Node | string | null | false

/** An element with its attributes, listeners and children: no markup in strings, so no page's policy minds. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false) element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== null && child !== false))
  return element
}

/** A picture of one path. */
export function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const drawn = document.createElementNS(space, 'path')
  drawn.setAttribute('d', path)
  svg.append(drawn)
  return svg
}

export interface Country {
  country: string
  code: string
  mask: string
}

/** A field for a number that is written as people of the country write theirs. */
export function phoneField(countries: readonly Country[], labels: { phone: string; country: string }) {
  let chosen: Country = countries[0] ?? { country: '', code: '', mask: '###############' }
  const input = h('input', {
    id: 'phone',
    type: 'tel',
    name: 'tel',
    autocomplete: 'tel',
    inputmode: 'tel',
    required: true,
    'aria-describedby': 'error'
  })
  const select = h(
    'select',
    { 'aria-label': labels.country },
    ...countries.map((one) => h('option', { value: one.country }, `${one.country} +${one.code}`))
  )
  function choose(country: Country): void {
    chosen = country
    select.value = country.country
    input.placeholder = country.mask.replace(/#/g, '0')
  }
  /** The national digits of whatever was typed or pasted. */
  function digitsOf(text: string): string {
    const all = text.replace(/\D/g, '')
    if (/^\s*\+/.test(text)) {
      const found = countries
        .filter(({ code }) => all.startsWith(code))
        .sort((a, b) => b.code.length - a.code.length)[0]
      if (found && found.code !== chosen.code) choose(found)
      if (all.startsWith(chosen.code)) return all.slice(chosen.code.length)
    }
    const length = chosen.mask.split('#').length - 1
    const isWhole = all.length === length + 1 && (all.startsWith(chosen.code) || /^[08]/.test(all))
    return isWhole ? all.slice(1) : all
  }
  function format(): void {
    // Only at the end: elsewhere the caret would jump under the hand.
    if (input.selectionStart !== null && input.selectionStart < input.value.length) return
    if (/^\s*\+\d{0,2}$/.test(input.value)) return
    const digits = digitsOf(input.value).slice(0, 15)
    let at = 0
    let text = ''
    for (const sign of chosen.mask) {
      if (at >= digits.length) break
      text += sign === '#' ? (digits[at++] ?? '') : sign
    }
    input.value = text + digits.slice(at)
  }
  input.addEventListener('input', format)
  input.addEventListener('blur', () => {
    input.setSelectionRange(input.value.length, input.value.length)
    format()
  })
  select.addEventListener('change', () => {
    const found = countries.find(({ country }) => country === select.value)
    if (found) choose(found)
    format()
    input.focus()
  })
  choose(chosen)
  const row = h(
    'div',
    { class: 'row' },
    countries.length > 1 ? select : h('span', { class: 'code' }, `+${chosen.code}`),
    input
  )
  return {
    element: h('div', {}, h('label', { for: 'phone' }, labels.phone), row),
    input,
    /** Null while digits are missing. */
    value: (): string | null => {
      const digits = digitsOf(input.value)
      return digits.length >= 6 && digits.length >= (chosen.code === '7' ? 10 : 6)
        ? `+${chosen.code}${digits}`
        : null
    }
  }
}
