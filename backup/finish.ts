import { access, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import { codeOf } from '../host/setup-error.ts'
import { isFileMember, wholeFolders } from './archive.ts'

export const stagingPrefix = '.restore-'
export const auditAction = 'backup.restore'
const note = 'ready.json'
const cleared = 'cleared'

/** Where a restore unpacks: beside the installation, on the same disk. */
export const stagingFolder = (dataDir: string, id: string): string => path.join(dataDir, stagingPrefix + id)
export const noteOf = (staging: string): string => path.join(staging, note)
export const filesOf = (staging: string): string => path.join(staging, 'files')

/**
 * Ends what a restore began, at every start: where its database was changed the files follow, and what never came so
 * far is thrown away. Running it again does no harm.
 * @returns ids of the restores whose files were put in place
 */
export async function finishRestores(db: Knex, dataDir: string): Promise<string[]> {
  const finished: string[] = []
  for (const name of await namesIn(dataDir)) {
    if (!name.startsWith(stagingPrefix)) continue
    const staging = path.join(dataDir, name)
    const id = await readFile(noteOf(staging), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    })
    if (id !== null && (await isDone(db, id))) {
      await clearFolders(staging, dataDir)
      await moveFiles(filesOf(staging), dataDir)
      // It told the password of an account that is no more.
      await rm(path.join(dataDir, 'first-login.json'), { force: true })
      finished.push(id)
    }
    await rm(staging, { recursive: true, force: true })
  }
  return finished
}

async function isDone(db: Knex, id: string): Promise<boolean> {
  const found: unknown = await db('audit').where({ action: auditAction, entity_id: id }).first('id')
  return found !== undefined
}

/**
 * Removes what the archive does not have from the folders that it has wholly: an earlier take of a prompt that was never
 * replaced, or a certificate that was brought later, would work on. Done once: at the next try some files have moved.
 */
async function clearFolders(staging: string, dataDir: string): Promise<void> {
  const mark = path.join(staging, cleared)
  if (await isThere(mark)) return
  for (const folder of wholeFolders) {
    const here = new Set(await namesIn(path.join(filesOf(staging), folder)))
    // Where the certificate came from other files none is kept, and earlier versions kept them out of archives.
    if (folder === 'tls' && here.size === 0) continue
    for (const name of await namesIn(path.join(dataDir, folder)))
      if (!here.has(name) && isFileMember(`${folder}/${name}`))
        await rm(path.join(dataDir, folder, name), { force: true })
  }
  await writeFile(mark, '')
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function moveFiles(from: string, dataDir: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = path.join(entry.parentPath, entry.name)
    const name = path.relative(from, source)
    if (!isFileMember(name)) continue
    const target = path.join(dataDir, name)
    // It holds private keys.
    await mkdir(path.dirname(target), { recursive: true, ...(name.startsWith('tls/') && { mode: 0o700 }) })
    await rename(source, target)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
