import type { Scheme } from './scheme.ts'
import type { SchemeProblem } from './validate.ts'

/** Ids of what people have uploaded. */
export interface KnownMedia {
  promptIds: ReadonlySet<string>
  musicIds: ReadonlySet<string>
}

/** Prompts and classes of music that a scheme names and that are not there: errors, by block. */
export function mediaProblems(scheme: Scheme, known: KnownMedia): SchemeProblem[] {
  return Object.entries(scheme.blocks).flatMap(([block, { settings }]) =>
    Object.entries(settings).flatMap(([path, value]) => {
      const json = JSON.stringify(value) ?? ''
      const missing = [...json.matchAll(/"prompts\/([^"]*)"/g)]
        .map(([, id = '']) => id)
        .filter((id) => !known.promptIds.has(id))
        .map((id) => `there is no sound prompts/${id}`)
      if (path === 'musicClass' && typeof value === 'string' && !known.musicIds.has(value)) {
        missing.push(`there is no class of music ${value}`)
      }
      return missing.map((message) => ({
        severity: 'error' as const,
        block,
        code: 'soundUnknown' as const,
        message: `${path}: ${message}`,
        path
      }))
    })
  )
}
