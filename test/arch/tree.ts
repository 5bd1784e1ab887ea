import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'

const root = projectRoot()

/** Files of the project as git sees them (tracked, or new and not ignored), relative to its folder. */
export const files: readonly string[] = listFiles()

/** TypeScript and JavaScript of the project, tests included. */
export const code = files.filter((file) => /\.(ts|tsx|mjs|js)$/.test(file))

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

/** One import of a file. `target` is a path in the project, or a package's name. */
export interface Import {
  readonly from: string
  readonly target: string
  readonly isOwn: boolean
  readonly isType: boolean
}

// `import … from`, `export … from`, a bare `import '…'`, and `import('…')`.
const importing =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"()]*?from\s+'([^']+)'|(?<!')import\s*\(?\s*'([^']+)'/g

/** All imports of a file, found by their writing: no line of this project hides one behind a variable. */
export function importsOf(file: string): Import[] {
  return [...textOf(file).matchAll(importing)].map(([, type, named, bare]) => {
    const target = named ?? bare ?? ''
    const isOwn = target.startsWith('.')
    return {
      from: file,
      target: isOwn ? path.normalize(path.join(path.dirname(file), target)) : packageOf(target),
      isOwn,
      isType: type !== undefined
    }
  })
}

/** Code without comments and without the texts of strings, good enough to look for words in it. */
export function bareCode(file: string): string {
  return textOf(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''")
}

function packageOf(target: string): string {
  if (target.startsWith('node:')) return target
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

function listFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64e6
  })
  return [...new Set(list.split('\0'))].filter((file) => file !== '' && existsSync(path.join(root, file)))
}
