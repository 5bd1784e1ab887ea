import type { OpenApiDocument } from './document.ts'

interface Operation {
  method: string
  path: string
  summary: string
  description: string
  parameters: { name: string; in: string; schema?: unknown }[]
  body: unknown
  answers: [string, unknown][]
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const json = (value: unknown): string => `<pre>${escape(JSON.stringify(value, null, 2))}</pre>`

/** The documentation as one page: no scripts, nothing from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map((operation) => tagOf(operation.path)))]
  const schemas = Object.entries(document.components?.schemas ?? {})
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ringtrace API</title>
<style>${style}</style>
<body>
<header><h1>Ringtrace API</h1><p>Version ${escape(document.info.version)} · <a href="/api/openapi.json">openapi.json</a></p></header>
<nav>${tags.map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join(' ')} <a href="#schemas">schemas</a></nav>
<main>
${(document.info.description ?? '')
  .split('\n')
  .map((line) => `<p>${marked(line)}</p>`)
  .join('\n')}
${tags.map((tag) => section(tag, operations)).join('\n')}
<h2 id="schemas">schemas</h2>
${schemas.map(([name, schema]) => `<details id="schema-${escape(name)}"><summary>${escape(name)}</summary>${json(schema)}</details>`).join('\n')}
</main>
`
}

const marked = (line: string): string => escape(line).replace(/`([^`]+)`/g, '<code>$1</code>')
const tagOf = (path: string): string => path.split('/')[2] ?? 'metrics'

function section(tag: string, operations: Operation[]): string {
  const own = operations.filter((operation) => tagOf(operation.path) === tag)
  return `<h2 id="${escape(tag)}">${escape(tag)}</h2>${own.map(details).join('\n')}`
}

function details(operation: Operation): string {
  const { method, path, summary, description, parameters, body, answers } = operation
  const list = parameters.map(
    (parameter) =>
      `<li><code>${escape(parameter.name)}</code> <small>${escape(parameter.in)}</small> <code>${escape(JSON.stringify(parameter.schema ?? {}))}</code></li>`
  )
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escape(path)}</code> ${escape(summary)}</summary>
<p>${escape(description)}</p>
${list.length > 0 ? `<ul>${list.join('')}</ul>` : ''}
${body === undefined ? '' : `<h4>Body</h4>${json(body)}`}
${answers.map(([status, schema]) => `<h4>${escape(status)}</h4>${schema === undefined ? '' : json(schema)}`).join('')}
</details>`
}

interface Described {
  summary?: string
  description?: string
  parameters?: { name: string; in: string; schema?: unknown }[]
  requestBody?: { content?: Record<string, { schema?: unknown }> }
  responses?: Record<string, { content?: Record<string, { schema?: unknown }> }>
}

const schemaIn = (content: Record<string, { schema?: unknown }> | undefined): unknown =>
  Object.values(content ?? {})[0]?.schema

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Described>).map(([method, operation]) => ({
      method,
      path,
      summary: operation.summary ?? '',
      description: operation.description ?? '',
      parameters: operation.parameters ?? [],
      body: schemaIn(operation.requestBody?.content),
      answers: Object.entries(operation.responses ?? {})
        .filter(([status]) => status !== 'default')
        .map(([status, answer]): [string, unknown] => [status, schemaIn(answer.content)])
    }))
  )
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
nav a { margin-right: .6rem }
h2 { margin-top: 2rem; border-bottom: 1px solid #8884 }
details { margin: .3rem 0; padding: .2rem .6rem; border: 1px solid #8884; border-radius: 6px }
summary { cursor: pointer }
b { display: inline-block; min-width: 4rem; font-size: .8rem }
pre { overflow: auto; padding: .6rem; background: #8881; border-radius: 6px; font-size: .8rem }
`
