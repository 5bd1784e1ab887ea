import type { Knex } from 'knex'
import type { Scheme } from '../../ivr/scheme.ts'
import type { SchemeProblem } from '../../ivr/validate.ts'

/** Ids of what people have uploaded. */
export interface KnownMedia {
  promptIds: ReadonlySet<string>
  musicIds: ReadonlySet<string>
}

export async function knownMedia(db: Knex): Promise<KnownMedia> {
  const ids = async (table: string): Promise<ReadonlySet<string>> =>
    new Set((await db(table).select<{ id: string }[]>('id')).map(({ id }) => id))
  return { promptIds: await ids('prompts'), musicIds: await ids('music_classes') }
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
