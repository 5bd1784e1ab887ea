import { createHash } from 'node:crypto'
import { lstat, readlink, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError, codeOf } from './setup-error.ts'

/** Linux keeps at most this many bytes of a unix socket's path. */
const maxSocketPathBytes = 107

/**
 * A name for `folder` short enough that a socket called `socketName` fits into it: the folder itself, or a link in the
 * temporary folder that is the same in each run.
 * @throws SetupError when the link's name is in somebody else's hands
 */
export async function shortFolderFor(folder: string, socketName: string): Promise<string> {
  if (Buffer.byteLength(join(folder, socketName)) <= maxSocketPathBytes) return folder
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const link = join(tmpdir(), `ringtrace-${hash}`)
  try {
    await symlink(folder, link)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const { uid } = await lstat(link)
    if (uid !== process.getuid?.() || (await readlink(link)) !== folder) {
      throw new SetupError(
        `The path ${folder} is too long for a socket, and ${link} belongs to somebody else`,
        'Set DATA_DIR to a shorter path.'
      )
    }
  }
  return link
}
