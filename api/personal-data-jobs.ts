import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import { collectPerson, pageOf, recordingsOf } from '../crm/personal-data/collect.ts'
import { erasePerson } from '../crm/personal-data/erase.ts'
import { CrmRefusal } from '../crm/refusal.ts'
import { JobRefused, type JobKind } from '../jobs/jobs.ts'
import { zipped, type ZipEntry } from '../reports/sheets/zip.ts'

export const personExportKind = 'export.person'
export const erasureKind = 'erase.person'

/** What this work needs of the recordings. */
export interface RecordingFiles {
  open(id: string): Promise<{ read(): AsyncIterable<Buffer> } | 'locked' | 'damaged' | null>
  /** Deletes the audio; that there was a recording stays in the journal. */
  remove(ids: readonly string[]): Promise<void>
}

const titles = {
  ru: {
    ...{ contacts: 'Клиент', contact_phones: 'Номера', contact_emails: 'Почта', contact_notes: 'Заметки' },
    ...{
      contact_consents: 'Согласия',
      calls: 'Звонки',
      inquiries: 'Обращения',
      deals: 'Сделки',
      tasks: 'Задачи'
    },
    ...{ callbacks: 'Обратные звонки', form_submissions: 'Формы', visitors: 'Посетители', visits: 'Визиты' },
    ...{ conversations: 'Переписки', messages: 'Сообщения', activities: 'События' }
  },
  en: {
    ...{ contacts: 'Client', contact_phones: 'Numbers', contact_emails: 'Mails', contact_notes: 'Notes' },
    ...{
      contact_consents: 'Consents',
      calls: 'Calls',
      inquiries: 'Inquiries',
      deals: 'Deals',
      tasks: 'Tasks'
    },
    ...{ callbacks: 'Callbacks', form_submissions: 'Forms', visitors: 'Visitors', visits: 'Visits' },
    ...{ conversations: 'Conversations', messages: 'Messages', activities: 'Events' }
  }
} as const

const unreadable = {
  ru: {
    locked: 'Запись зашифрована ключом, которого здесь нет.\n',
    damaged: 'Файл записи повреждён.\n'
  },
  en: {
    locked: 'The recording is sealed with a key that is not here.\n',
    damaged: 'The file of the recording is damaged.\n'
  }
}

/** All that is kept of a person, as an archive: for machines, for people, and the recordings. */
export function personExport(
  db: Knex,
  recordings: RecordingFiles
): JobKind<{ contactId: string; locale: 'ru' | 'en' }> {
  return {
    kind: personExportKind,
    async run(job) {
      const { contactId, locale } = job.params
      const found = await collectPerson(db, contactId)
      if (!found['contacts']) throw new JobRefused('The contact is not there any more')
      const audio = await recordingsOf(db, contactId)
      await job.progress(0, audio.length)
      const to = await job.file('person.zip', 'application/zip')
      const title = locale === 'ru' ? 'Данные человека' : 'Data of a person'
      const entries: ZipEntry[] = [
        { name: 'data.json', content: [JSON.stringify(found, null, 2)] },
        { name: 'data.html', content: [pageOf(found, title, titles[locale])] }
      ]
      for (const { id, at } of audio) {
        const file = await recordings.open(id)
        if (!file) continue
        const name = `recordings/${at.toISOString().slice(0, 19).replaceAll(':', '-')}-${id.slice(0, 8)}`
        // Whoever asks for their data is told of what cannot be given.
        entries.push(
          typeof file === 'string'
            ? { name: `${name}.${file}.txt`, content: [unreadable[locale][file]] }
            : { name: `${name}.mp3`, content: file.read() }
        )
      }
      await pipeline(zipped(entries), createWriteStream(to))
      const rows = Object.values(found).reduce((sum, all) => sum + all.length, 0)
      return { rows, recordings: entries.length - 2 }
    }
  }
}

/** Erases a person: the recordings' files first, then every row, in one transaction. What it took is told without the data. */
export function personErasure(db: Knex, recordings: RecordingFiles): JobKind<ErasureOrder> {
  return {
    kind: erasureKind,
    async run(job) {
      const { contactId, notes, messages } = job.params
      const audio = job.params.recordings ? await recordingsOf(db, contactId) : []
      await recordings.remove(audio.map(({ id }) => id))
      try {
        const counts = await db.transaction(async (trx) => {
          const erased = await erasePerson(trx, { contactId, notes, messages, byUserId: job.userId })
          await trx('erasures').insert({
            counts: JSON.stringify({ ...erased, recordings: audio.length }),
            created_by: job.userId
          })
          return erased
        })
        // Whoever keeps the client in memory reads it anew.
        await db('contacts').where({ id: contactId }).update({ updated_at: db.fn.now() })
        const { replaced, ...rest } = counts
        return { ...rest, rows: Object.values(replaced).reduce((a, b) => a + b, 0), recordings: audio.length }
      } catch (error) {
        if (error instanceof CrmRefusal) throw new JobRefused('The contact is not there any more')
        throw error
      }
    }
  }
}

interface ErasureOrder {
  contactId: string
  notes: boolean
  messages: boolean
  recordings: boolean
}
