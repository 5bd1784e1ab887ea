import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The folder that holds package.json: the same whether this file runs as source or from `dist/`.
 * Files that are read but not compiled (templates, migrations, lock files) are found from here.
 */
export function projectRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`)
    folder = parent
  }
  return folder
}

/** As the manifest of this copy says. */
export async function productVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}
