/** A number written in the pages, and how many of its digits are national. */
export interface Written {
  digits: string
  national: number
}
export interface Shown {
  group: string
  e164: string
  formatted: string
  kind: string
}

interface Rule {
  group: string
  pattern: RegExp
  /** Full and national writing, for links. */
  links: string[]
  national: number
}

/** What people put between the digits of a telephone number. */
const between = '[\\s\\u00a0().\\-\\u2010-\\u2015]{0,3}'
const skipped =
  'script,style,noscript,textarea,input,select,template,[contenteditable=""],[contenteditable=true],[data-vpbx-noswap]'
/** A page that answers each swap by writing its own number again is let have its way at last. */
const mostSwaps = 40
const longestPhrase = 60

/**
 * Shows lent numbers in place of the site's own: in text, in `tel:` links and in elements marked with a group.
 * Digits are replaced one by one, so that the site's own way of writing stays, and with it every width.
 */
/** @param onChange the page has changed, and what was lent is shown in it */
export function createSwapper(groups: { name: string; replaces: Written[] }[], onChange: () => void) {
  const rules: Rule[] = []
  const shown = new Map<string, Shown>()
  const ours = new WeakMap<Text, { text: string; swaps: number }>()
  const originals = new Map<Text | HTMLAnchorElement, string>()
  const observed = new Set<Node>()
  let waiting: Set<Node> | null = null

  for (const { name, replaces } of groups) for (const written of replaces) addRule(name, written)

  function addRule(group: string, { digits, national }: Written): void {
    const own = digits.slice(-national)
    const code = digits.slice(0, -national)
    if (rules.some((rule) => rule.group === group && rule.links[0] === digits)) return
    const trunk = code === '7' ? '8' : '0'
    rules.push({
      group,
      national,
      pattern: new RegExp(
        `(^|[^\\d])((?:\\+?${code}|${trunk})${between})?(${own.split('').join(between)})(?!\\d)`,
        'g'
      ),
      links: [digits, own, trunk + own]
    })
  }

  /** Puts the digits of a number in the places of those in a text, last to last. */
  function inPlace(text: string, digits: string): string {
    let at = digits.length
    return text
      .split('')
      .reverse()
      .map((sign) => (/\d/.test(sign) && at > 0 ? (digits[--at] ?? sign) : sign))
      .reverse()
      .join('')
  }

  function swapped(text: string): string {
    let result = text
    for (const { group, pattern, national, links } of rules) {
      const number = shown.get(group)
      const digits = number?.e164.slice(1)
      const full = links[0] ?? ''
      if (!number || !digits || digits === full) continue
      // The same country and length: the writing of the page fits the other number too.
      const isAlike = digits.length === full.length && digits.slice(0, -national) === full.slice(0, -national)
      result = result.replace(pattern, (_, lead: string, prefix: string | undefined, own: string) =>
        isAlike ? lead + (prefix ?? '') + inPlace(own, digits.slice(-national)) : lead + number.formatted
      )
    }
    return result
  }

  function isSkipped(node: Node): boolean {
    const element = node instanceof Element ? node : node.parentElement
    return Boolean(element?.closest(skipped))
  }

  /** The smallest piece of a page that holds a whole number: numbers are often split over several elements. */
  function phraseOf(node: Text): Element | null {
    let element = node.parentElement
    for (let up = 0; up < 3; up += 1) {
      const parent = element?.parentElement
      if (!parent || parent === document.body || (parent.textContent?.length ?? 0) > longestPhrase) break
      element = parent
    }
    return element
  }

  function textsIn(root: Node): Text[] {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const found: Text[] = []
    if (root instanceof Text) found.push(root)
    while (walker.nextNode()) found.push(walker.currentNode as Text)
    return found
  }

  function write(node: Text, text: string): void {
    if (node.data === text) return
    const known = ours.get(node)
    const swaps = (known?.swaps ?? 0) + 1
    if (swaps > mostSwaps) return
    if (known?.text !== node.data) originals.set(node, node.data)
    ours.set(node, { text, swaps })
    node.data = text
  }

  function swapText(node: Text, done: Set<Element>): void {
    if (ours.get(node)?.text === node.data || isSkipped(node)) return
    const alone = swapped(node.data)
    if (alone !== node.data) {
      write(node, alone)
      return
    }
    if (!/\d/.test(node.data)) return
    const phrase = phraseOf(node)
    if (!phrase || done.has(phrase)) return
    done.add(phrase)
    const parts = textsIn(phrase).filter((part) => !isSkipped(part))
    const whole = parts.map((part) => part.data).join('')
    const result = swapped(whole)
    if (result === whole || result.length !== whole.length) return
    let at = 0
    for (const part of parts) {
      const { length } = part.data
      write(part, result.slice(at, at + length))
      at += length
    }
  }

  function swapLink(link: HTMLAnchorElement): void {
    const href = link.getAttribute('href') ?? ''
    if (!/^tel:/i.test(href) || isSkipped(link)) return
    const digits = decodeURIComponent(href.slice(4).split(/[;,?]/)[0] ?? '').replace(/\D/g, '')
    const marked = link.closest('[data-vpbx-group]')?.getAttribute('data-vpbx-group')
    const rule = rules.find((one) => one.links.includes(digits) && shown.has(one.group))
    const number = shown.get(marked ?? rule?.group ?? '')
    if (!number || href === `tel:${number.e164}`) return
    if (!originals.has(link)) originals.set(link, href)
    link.setAttribute('data-vpbx-original', originals.get(link) ?? href)
    link.setAttribute('href', `tel:${number.e164}`)
  }

  /** An element that the site's people marked shows the group's number, whatever stands in it. */
  function swapMarked(element: Element): void {
    const number = shown.get(element.getAttribute('data-vpbx-group') ?? '')
    if (!number || isSkipped(element)) return
    const texts = textsIn(element).filter((text) => /\S/.test(text.data))
    const whole = texts.map((text) => text.data).join('')
    if (texts.some((text) => ours.get(text)?.text === text.data)) return
    const national = number.e164.length - 1 > 10 ? 10 : number.e164.length - 1
    const count = whole.replace(/\D/g, '').length
    const fits = count >= national && count <= national + 1
    const result = fits ? inPlace(whole, number.e164.slice(-national)) : number.formatted
    if (result.length === whole.length) {
      let at = 0
      for (const text of texts) {
        const { length } = text.data
        write(text, result.slice(at, at + length))
        at += length
      }
    } else if (texts[0]) write(texts[0], result)
    else element.append(result)
  }

  function swap(root: Node): void {
    if (shown.size === 0 || isSkipped(root)) return
    // What the page has changed meanwhile is not lost among our own writes.
    note(observer.takeRecords())
    if (root instanceof Element || root instanceof DocumentFragment) {
      const found = (selector: string): Element[] => [...root.querySelectorAll(selector)]
      for (const element of found('[data-vpbx-group]')) swapMarked(element)
      for (const link of found('a[href^="tel:" i]')) swapLink(link as HTMLAnchorElement)
      if (root instanceof HTMLAnchorElement) swapLink(root)
      if (root instanceof Element && root.hasAttribute('data-vpbx-group')) swapMarked(root)
    }
    const done = new Set<Element>()
    for (const text of textsIn(root)) swapText(text, done)
    // Nobody needs to tell us of what we wrote.
    observer.takeRecords()
  }

  function note(records: MutationRecord[]): void {
    if (records.length === 0) return
    if (!waiting) {
      waiting = new Set()
      // Together with the page's own drawing; a hidden page draws nothing.
      if (document.hidden) setTimeout(flush, 100)
      else requestAnimationFrame(flush)
    }
    for (const { target, addedNodes } of records) {
      addedNodes.forEach((node) => waiting?.add(node))
      if (addedNodes.length === 0) waiting.add(target)
      // A number may have come together from what was there and what was added.
      else if (target instanceof Element && (target.textContent?.length ?? 0) <= longestPhrase)
        waiting.add(target)
    }
  }
  const observer = new MutationObserver(note)
  function flush(): void {
    const nodes = waiting
    waiting = null
    nodes?.forEach((node) => {
      if (node.isConnected) swap(node)
    })
    for (const node of originals.keys()) if (!node.isConnected) originals.delete(node)
    onChange()
  }

  return {
    /** What stood in the texts and links that we changed. */
    originals,
    /** Which of the groups a page shows: by number, or by mark. */
    groupsIn(root: Element): string[] {
      const found = new Set<string>()
      root
        .querySelectorAll('[data-vpbx-group]')
        .forEach((element) => found.add(element.getAttribute('data-vpbx-group') ?? ''))
      const text = `${root.textContent ?? ''} ${[...root.querySelectorAll('a[href^="tel:" i]')]
        .map((link) => link.getAttribute('href')?.slice(4))
        .join(' ')}`
      for (const { group, pattern } of rules) {
        pattern.lastIndex = 0
        if (pattern.test(text)) found.add(group)
      }
      return groups.map(({ name }) => name).filter((name) => found.has(name))
    },
    /** Shows these numbers from now on, in what is there and in what comes. */
    show(numbers: Shown[]): void {
      for (const number of numbers) {
        const before = shown.get(number.group)
        const written = groups.find(({ name }) => name === number.group)?.replaces[0]
        shown.set(number.group, number)
        // What we showed until now is to be replaced like the site's own.
        if (before && before.e164 !== number.e164 && written)
          addRule(number.group, {
            digits: before.e164.slice(1),
            national: Math.min(written.national, before.e164.length - 1)
          })
      }
      this.swap(document.body)
    },
    swap(root: Node): void {
      swap(root)
      if (observed.has(root) || (root !== document.body && !(root instanceof ShadowRoot))) return
      observed.add(root)
      observer.observe(root, {
        childList: true,
        subtree: true,
        characterData: true,
        attributes: true,
        attributeFilter: ['href']
      })
    },
    /** Puts back what was there. */
    restore(): void {
      observer.disconnect()
      observed.clear()
      shown.clear()
      originals.forEach((before, node) => {
        if (node instanceof Text) {
          if (ours.get(node)?.text === node.data) node.data = before
          ours.delete(node)
        } else {
          node.setAttribute('href', before)
          node.removeAttribute('data-vpbx-original')
        }
      })
      originals.clear()
    }
  }
}
