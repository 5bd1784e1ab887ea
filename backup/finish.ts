import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import { codeOf } from '../host/setup-error.ts'
import { isFileMember } from './archive.ts'

export const stagingPrefix = '.restore-'
export const auditAction = 'backup.restore'
const note = 'ready.json'

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

async function moveFiles(from: string, dataDir: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = path.join(entry.parentPath, entry.name)
    const name = path.relative(from, source)
    if (!isFileMember(name)) continue
    const target = path.join(dataDir, name)
    await mkdir(path.dirname(target), { recursive: true })
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
