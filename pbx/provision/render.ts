import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../host/setup-error.ts'

/** A value for a `{{name}}` place: one text, or the lines that stand there. */
export type TemplateValues = Record<string, string | number | readonly string[]>

/**
 * Fills the `{{name}}` places of one template.
 * @throws Error on a place without a value, and on a value that would be read as more than a value
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  return template.replace(/\{\{([^{}]*)\}\}/g, (_place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`No value for {{${name}}}`)
    const lines = typeof value === 'object' ? value : [String(value)]
    for (const line of lines) {
      // A semicolon begins a comment in Asterisk's files, a line break a new setting.
      if (/[\r\n;]/.test(line)) throw new Error(`The value of {{${name}}} holds a line break or a semicolon`)
    }
    return lines.join('\n')
  })
}

/**
 * Renders every `*.conf` of a folder.
 * @returns file name → text
 * @throws Error naming the file, as `renderTemplate`
 */
export async function renderFolder(
  templatesDir: string,
  values: TemplateValues
): Promise<Map<string, string>> {
  const rendered = new Map<string, string>()
  const names = (await readdir(templatesDir)).filter((name) => name.endsWith('.conf')).sort()
  for (const name of names) {
    try {
      rendered.set(name, renderTemplate(await readFile(join(templatesDir, name), 'utf8'), values))
    } catch (error) {
      throw new Error(`dialplan/${name} could not be rendered`, { cause: error })
    }
  }
  return rendered
}

/** Whether `folder` holds exactly these texts already, as far as `part` of them goes. */
export async function isSameOnDisk(
  folder: string,
  files: ReadonlyMap<string, string>,
  part = (text: string): string => text
): Promise<boolean> {
  try {
    for (const [name, text] of files) {
      if (part(await readFile(join(folder, name), 'utf8')) !== part(text)) return false
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Writes the files readable by their owner only: they hold the passwords of ARI and AMI. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600 })
}
