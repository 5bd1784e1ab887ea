import type { SchemeFile } from '../../../api/contract/schemes.ts'
import type { Scheme } from '../../../ivr/scheme.ts'

/** Lets somebody choose a file; null when they do not. */
export function chooseFile(): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = 'application/json,.json'
    input.addEventListener('cancel', () => resolve(null))
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (file) file.text().then(resolve, reject)
      else resolve(null)
    })
    input.click()
  })
}

/** Gives somebody a file. */
export function saveFile(name: string, content: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/**
 * A scheme out of a file of ours, or of a bare scheme as programs write it; null when it is something else. What is
 * wrong with its blocks shows on the canvas.
 */
export function readSchemeFile(
  text: string
): (Pick<SchemeFile, 'checks'> & { name: string; scheme: Scheme }) | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Not JSON: whatever it is, it is no scheme.
    return null
  }
  const file = json as Partial<SchemeFile>
  const scheme: unknown = file.scheme ?? json
  if (!isScheme(scheme)) return null
  return { name: file.name ?? '', checks: file.checks ?? [], scheme }
}

function isScheme(value: unknown): value is Scheme {
  const scheme = value as Partial<Scheme> | null
  if (typeof scheme !== 'object' || scheme === null) return false
  if (scheme.locale !== 'ru' && scheme.locale !== 'en') return false
  if (typeof scheme.start !== 'string' || typeof scheme.blocks !== 'object') return false
  return Object.entries(scheme.blocks).every(
    ([id, block]) =>
      /^[\w-]{1,64}$/.test(id) &&
      typeof block.type === 'string' &&
      typeof block.settings === 'object' &&
      typeof block.exits === 'object'
  )
}
