const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const nowhere = 'A'

/**
 * A source map with one place for each line of ours, and none for lines of packages. That is what the stack of an error
 * needs; Node reads the whole map at the first one, and does nothing else meanwhile: for a server in one file half a second.
 * @param {{ sources: string[], mappings: string }} map version 3
 * @returns the same with fewer mappings; sources keep their numbers
 */
export function thin(map) {
  const isOwn = map.sources.map((source) => !source.includes('node_modules/'))
  // Source, line and column are told as differences from the last place; so they are read, and written.
  const read = [0, 0, 0]
  let written = [0, 0, 0]
  let isIn = false
  const lines = map.mappings.split(';').map((line) => {
    let first
    let isForeign = false
    for (const segment of line === '' ? [] : line.split(',')) {
      const [, ...rest] = numbersOf(segment)
      if (rest.length < 3) continue
      for (const part of read.keys()) read[part] += rest[part]
      if (isOwn[read[0]]) first ??= [...read]
      else isForeign = true
    }
    if (first === undefined) {
      // A line without a place has that of the line above, unless it says that it has none.
      const ends = isIn && isForeign
      if (ends) isIn = false
      return ends ? nowhere : ''
    }
    const steps = first.map((value, part) => value - written[part])
    written = first
    isIn = true
    return [0, ...steps].map(textOf).join('')
  })
  return { ...map, names: [], mappings: lines.join(';') }
}

function numbersOf(segment) {
  const numbers = []
  let value = 0
  let shift = 0
  for (const letter of segment) {
    const digit = digits.indexOf(letter)
    value += (digit & 31) * 2 ** shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1)
    value = 0
    shift = 0
  }
  return numbers
}

function textOf(number) {
  let left = number < 0 ? -number * 2 + 1 : number * 2
  let text = ''
  do {
    const digit = left & 31
    left >>>= 5
    text += digits[left > 0 ? digit | 32 : digit]
  } while (left > 0)
  return text
}
