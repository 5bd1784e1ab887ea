import type { Knex } from 'knex'
import type { KnownMedia } from '../../ivr/media.ts'

/** What schemes may play and let callers hear while they wait. */
export async function knownMedia(db: Knex): Promise<KnownMedia> {
  const ids = async (table: string): Promise<ReadonlySet<string>> =>
    new Set((await db(table).select<{ id: string }[]>('id')).map(({ id }) => id))
  return { promptIds: await ids('prompts'), musicIds: await ids('music_classes') }
}
