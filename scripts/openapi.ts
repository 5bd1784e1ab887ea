import fs from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import packageJson from '../package.json' with { type: 'json' }
import type { ApiDeps } from '../api/deps.ts'
import { openApiDocument } from '../api/openapi/document.ts'
import { allEndpoints } from '../api/routes/index.ts'

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), '../docs/openapi.json')

/** The documentation as text, as `docs/openapi.json` must hold it. */
export function openApiText(): Promise<string> {
  // Definitions only: nothing that an endpoint needs is used until it is called.
  const endpoints = allEndpoints({ version: packageJson.version } as ApiDeps)
  const document = openApiDocument(endpoints, packageJson.version)
  return format(JSON.stringify(document), { parser: 'json' })
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await fs.mkdir(path.dirname(file), { recursive: true })
  await fs.writeFile(file, await openApiText())
  console.log(`Wrote ${path.relative(process.cwd(), file)}`)
}
