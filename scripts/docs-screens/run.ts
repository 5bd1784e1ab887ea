import fs from 'node:fs/promises'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { signIn } from '../../test/browser/browser.ts'
import { number, openOffice, password, ready, rings, takesCalls } from '../../test/browser/office.ts'
import { afterTalk, beforeTalk, inTalk, refused, ringing, screens, strangers } from './states.ts'
import { Album } from './snap.ts'

/** All pictures together may not be more: they stand in the repository. */
const mostBytes = 2_500_000
const base = Number(process.env['BASE_PORT'] ?? 17_200)

/** Plays one working day in small with the real product, and takes a picture of each state of the panel. */
const dir = path.join(projectRoot(), 'docs/screens')
await fs.mkdir(dir, { recursive: true })
for (const name of await fs.readdir(dir)) if (name.endsWith('.webp')) await fs.rm(path.join(dir, name))
const album = new Album(dir)
const office = await openOffice(base, 60)
try {
  const { page } = office.desk
  await strangers(album, page)
  await signIn(page, 'vera', password)
  await ready(page)
  await beforeTalk(album, page)
  await takesCalls(page)
  await refused(album, page)
  const { id: contactId } = await office.instance.api<{ id: string }>('POST', '/api/contacts', {
    ...{ name: 'Пётр Окунев', company: 'Дом и сад', note: 'Просит счёт на почту' },
    ...{ ownerId: office.vera.id, phones: ['+79161112233'] }
  })
  await office.instance.api('POST', '/api/deals', { title: 'Шесть окон', amount: 184_500, contactId })
  const client = await office.client('+79161112233')
  const calling = client.call(number.menu)
  await calling
  client.key('1')
  await rings(page)
  await ringing(album, page)
  const gleb = await inTalk(album, office, page)
  await screens(album, office, page, gleb)
  await afterTalk(album, office, page)
} finally {
  await office.clear()
  await office.close()
}
console.log(`${album.count} pictures, ${Math.round(album.bytes / 1000)} kB, in docs/screens`)
if (album.bytes > mostBytes) {
  console.error(`They may be ${mostBytes / 1000} kB together: take fewer, or smaller ones`)
  process.exitCode = 1
}
